"""Webhooks on pages: a secret once, acts that say what they did, a history with answers."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from marketplace.hooks.models import Attempt, Delivery, Endpoint
from tests import make

pytestmark = pytest.mark.django_db
GIVEN = {"url": "https://hooks.example.test/x", "kinds": ["reservation.ended"], "note": "ours"}


@pytest.fixture
def here(alice, harbour, client):
    client.force_login(alice)
    return client


@pytest.fixture
def endpoint(here):
    here.post(reverse("webhooks"), GIVEN)
    return Endpoint.objects.get()


def url(name, *rows):
    return reverse(name, args=[row.public_id for row in rows])


def secrets_in(answer):
    return re.findall(r"whsec_[A-Za-z0-9+/=]+", answer.content.decode())


def test_the_secret_is_in_one_answer(here):
    answer = here.post(reverse("webhooks"), GIVEN)
    assert len(secrets_in(answer)) == 1
    assert secrets_in(here.get(reverse("webhooks"))) == []
    assert secrets_in(here.get(url("webhook", Endpoint.objects.get()))) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"url": "http://a.example/"}, "url"), ({"kinds": []}, "kinds"), ({"kinds": ["x"]}, "kinds")],
)
def test_a_mistake_is_marked_and_nothing_made(here, changes, field):
    answer = here.post(reverse("webhooks"), GIVEN | changes)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not Endpoint.objects.exists()


def test_an_engineer_is_offered_what_engineers_read(endpoint, harbour, client):
    client.force_login(make.member(harbour, "engineer"))
    page = client.get(reverse("webhooks")).content.decode()
    assert "reservation.ended" in page
    assert "payout.paid" not in page
    assert client.post(reverse("webhooks"), GIVEN | {"kinds": ["payout.paid"]}).status_code == 422


def test_it_is_changed_and_removed(here, endpoint, said):
    changed = GIVEN | {"url": "https://hooks.example.test/y", "kinds": ["payout.paid"]}
    here.post(url("webhook", endpoint), changed)
    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.kinds) == (changed["url"], ["payout.paid"])
    assert here.post(url("remove-webhook", endpoint))["Location"] == reverse("webhooks")
    assert "No webhook yet" in said(here.get(reverse("webhooks")))
    assert here.get(url("webhook", endpoint)).status_code == 404


def test_a_new_secret_is_shown_once_and_the_overlap_is_told(here, endpoint, said):
    answer = here.post(url("rotate-webhook", endpoint))
    assert len(secrets_in(answer)) == 1
    assert "The one before signs until" in said(here.get(url("webhook", endpoint)))


def test_history_shows_answers_and_sends_again(here, endpoint, said):
    here.post(url("test-webhook", endpoint))
    row = Delivery.objects.get()
    assert "Send again" not in said(here.get(url("webhook", endpoint)))
    Delivery.objects.update(state="failed")
    Attempt.objects.create(
        delivery=row,
        claim=row.public_id,
        at=now(),
        took_ms=7,
        status=500,
        answer="<script>alert(1)</script>",
    )
    page = here.get(url("webhook", endpoint))
    assert "500, 7 ms" in said(page)
    assert "<script>alert" not in page.content.decode()
    here.post(url("redeliver", endpoint, row))
    row.refresh_from_db()
    assert row.state == "pending"
    assert "It is still being tried" in said(
        here.post(url("redeliver", endpoint, row), follow=True)
    )


def test_a_paused_one_says_so_and_resumes(here, endpoint, said):
    Endpoint.objects.update(paused_at=now())
    assert "Nothing was taken here for three days" in said(here.get(url("webhook", endpoint)))
    assert "is paused; resume it first" in said(
        here.post(url("test-webhook", endpoint), follow=True)
    )
    here.post(url("resume-webhook", endpoint))
    endpoint.refresh_from_db()
    assert endpoint.state == "active"


def test_a_delivery_of_another_endpoint_is_not_found(here, endpoint):
    here.post(reverse("webhooks"), GIVEN)
    other = Endpoint.objects.exclude(pk=endpoint.pk).get()
    here.post(url("test-webhook", other))
    assert here.post(url("redeliver", endpoint, Delivery.objects.get())).status_code == 404


def test_the_page_asks_as_often_for_20_as_for_1(here, endpoint):
    def asked(name, *rows):
        with CaptureQueriesContext(connection) as seen:
            here.get(url(name, *rows))
        return len(seen)

    here.post(url("test-webhook", endpoint))
    one = (asked("webhooks"), asked("webhook", endpoint))
    for _ in range(19):
        here.post(reverse("webhooks"), GIVEN)
        here.post(url("test-webhook", endpoint))
    assert (asked("webhooks"), asked("webhook", endpoint)) == one
