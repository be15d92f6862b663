from datetime import timedelta

import pytest
from django.utils.timezone import now

from marketplace.accounts.models import Membership
from tests import make
from tests.api.asking import Client, bearer, refused

pytestmark = pytest.mark.django_db

TOP_UP = {"amount_micro": 5_000_000, "payment_method": "pm_card_visa"}


def browser(user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    "facts",
    [
        {"revoked_at": now() - timedelta(seconds=1)},
        {"expires_at": now() - timedelta(seconds=1)},
    ],
)
def test_an_ended_key_opens_nothing(harbour, alice, facts):
    answer = bearer(make.api_key(harbour, alice, **facts)).get("organisation")
    problem = refused(answer, 401, "unauthenticated")
    assert problem["detail"] == "this API key is unknown, revoked or expired; make another"


@pytest.mark.parametrize("secret", ["", "straits_guessed", "x" * 4000, "straits_\udcff"])
def test_an_unknown_key_opens_nothing(db, secret):
    refused(bearer(secret).get("organisation"), 401, "unauthenticated")


def test_a_key_that_has_not_expired_opens(harbour, alice):
    secret = make.api_key(harbour, alice, expires_at=now() + timedelta(minutes=1))
    assert bearer(secret).get("organisation").status_code == 200


def test_a_key_ends_with_its_makers_membership(api, alice):
    Membership.objects.filter(user=alice).delete()
    refused(api.get("organisation"), 401, "unauthenticated")


def test_a_key_ends_with_its_makers_account(api, alice):
    alice.is_active = False
    alice.save()
    refused(api.get("organisation"), 401, "unauthenticated")


def test_a_key_has_the_role_that_its_maker_has_now(api, alice, harbour):
    Membership.objects.filter(user=alice).update(role="viewer")
    refused(api.post("wallet/top-ups", TOP_UP), 403, "forbidden")
    assert not harbour.top_ups.exists()


def test_a_bad_key_is_not_helped_by_a_session(alice, harbour):
    client = browser(alice)
    client.credentials(HTTP_AUTHORIZATION="Bearer straits_guessed")
    refused(client.get("organisation"), 401, "unauthenticated")


def test_a_signed_in_browser_reads(alice, harbour):
    assert browser(alice).get("organisation").json()["id"] == str(harbour.public_id)


def test_a_browser_without_a_csrf_token_writes_nothing(alice, harbour):
    problem = refused(browser(alice).post("wallet/top-ups", TOP_UP), 403, "forbidden")
    assert problem["detail"].startswith("CSRF Failed")
    assert not harbour.top_ups.exists()


def test_a_browser_with_a_csrf_token_writes(alice, harbour):
    client = browser(alice)
    token = "a" * 32
    client.cookies["csrftoken"] = token
    client.credentials(HTTP_X_CSRFTOKEN=token)
    assert client.post("wallet/top-ups", TOP_UP).status_code == 202
    assert harbour.top_ups.count() == 1


def test_staff_who_belong_to_no_organisation_are_not_members(sally):
    problem = refused(browser(sally).get("organisation"), 403, "forbidden")
    assert problem["detail"] == "you belong to no organisation; ask an owner to add you to one"
