import pytest
import redis
from django.core.cache import cache
from django.urls import reverse

from marketplace.accounts.models import User
from marketplace.billing.models import TopUp
from marketplace.brokerage.models import Reservation

pytestmark = pytest.mark.django_db


def posts(client, url, times, **facts):
    return [client.post(url, facts.get("data", {})).status_code for _ in range(times)]


def test_signing_in_to_one_account_is_tried_ten_times(client, alice, said):
    tries = {"login": alice.email, "password": "wrong"}
    assert posts(client, reverse("sign-in"), 11, data=tries) == [200] * 10 + [429]
    answer = client.post(reverse("sign-in"), {"login": "ALICE@example.test", "password": "secret"})
    assert answer.status_code == 429
    assert 890 < int(answer["Retry-After"]) <= 900
    assert "Wait up to 15 minutes" in said(answer)
    assert "_auth_user_id" not in client.session


def test_signing_in_from_one_address_is_tried_sixty_times(client):
    url = reverse("sign-in")
    for number in range(60):
        sent = {"login": f"{number}@example.test", "password": "x"}
        assert client.post(url, sent).status_code == 200
    sent = {"login": "new@example.test", "password": "x"}
    assert client.post(url, sent).status_code == 429
    assert client.post(url, sent, REMOTE_ADDR="198.51.100.7").status_code == 200
    assert client.get(url).status_code == 200


def test_signing_up_from_one_address_is_tried_ten_times(client):
    assert posts(client, reverse("sign-up"), 11) == [422] * 10 + [429]
    assert not User.objects.exists()


def test_who_has_waited_is_told_what_is_left(client, settings, said):
    posts(client, reverse("sign-up"), 11)
    with redis.Redis.from_url(settings.REDIS_URL) as store:
        for key in store.scan_iter("straits:limit:*"):
            store.pexpire(key, 61_900)
    answer = client.post(reverse("sign-up"))
    assert (answer.status_code, answer["Retry-After"]) == (429, "62")
    assert "Error 429 Too many tries" in said(answer)
    assert "Nothing was changed. Wait up to 2 minutes, then try again." in said(answer)


@pytest.mark.parametrize(("name", "most"), [("top-up", 30), ("keys", 30)])
def test_acts_of_one_person_are_limited(client, alice, harbour, charlie, name, most):
    client.force_login(alice)
    assert posts(client, reverse(name), most + 1) == [422] * most + [429]
    client.force_login(charlie)
    assert client.post(reverse(name)).status_code == 422
    assert not TopUp.objects.exists()


def test_reserving_is_limited(client, alice, harbour, offer):
    client.force_login(alice)
    url = reverse("reserve", args=[offer.public_id])
    assert posts(client, url, 61) == [422] * 60 + [429]
    assert not Reservation.objects.exists()


def test_a_window_that_is_over_is_forgotten(client):
    posts(client, reverse("sign-up"), 11)
    cache.clear()
    assert posts(client, reverse("sign-up"), 1) == [422]
