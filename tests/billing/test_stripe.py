"""The adapter: Stripe's answers and errors in our words; webhooks that Stripe signed just now."""

import json
import socket
from datetime import timedelta

import pytest
import requests
from celery.exceptions import SoftTimeLimitExceeded

from marketplace.billing import stripe
from tests.billing import stand_in
from tests.make import NOON

PARAMS = {
    "amount": 2_500,
    "currency": "usd",
    "payment_method": "pm_card_visa",
    "allowed_payment_method_types": ["card"],
    "confirm": True,
    "metadata": {"top_up": "t1"},
}
EVENT = {"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": {"id": "pi_1"}}}
NOW = int(NOON.timestamp())


def create(key="once", **change):
    return stripe.create_payment(params={**PARAMS, **change}, idempotency_key=key)


def test_a_payment_is_read_back_as_it_was_made(fake):
    made = create()
    assert (made.status, made.amount, made.currency) == ("succeeded", 2_500, "USD")
    assert (made.succeeded, made.needs_action, made.failure) == (True, False, "")
    assert stripe.retrieve_payment(payment_id=made.id) == made


def test_a_card_that_asks_its_owner_needs_action(fake):
    made = create(payment_method="pm_card_authenticationRequired")
    assert (made.needs_action, made.succeeded, made.amount) == (True, False, 2_500)


def test_a_decline_carries_words_for_the_cards_owner(fake):
    with pytest.raises(stripe.Declined, match=r"^Your card was declined\.$"):
        create(payment_method="pm_card_chargeDeclined")
    [intent] = stand_in.intents(fake)
    seen = stripe.retrieve_payment(payment_id=intent["id"])
    assert (seen.status, seen.failure) == ("requires_payment_method", "Your card was declined.")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("drop", "APIConnectionError"),
        ("401", "AuthenticationError"),
        ("403", "PermissionError"),
        ("409", "APIError"),
        ("429", "RateLimitError"),
        ("500", "APIError"),
    ],
)
def test_what_may_go_through_later_is_unavailable(fake, fault, reason):
    known = create("before")
    fake.faults.extend([fault, fault])
    with pytest.raises(stripe.Unavailable, match=f"^{reason}$"):
        create()
    with pytest.raises(stripe.Unavailable, match=f"^{reason}$"):
        stripe.retrieve_payment(payment_id=known.id)
    assert create().succeeded
    assert len(stand_in.intents(fake)) == 2


def test_a_key_used_for_other_content_is_our_mistake(fake):
    create()
    with pytest.raises(stripe.Misused, match="IdempotencyError: This key was used with other"):
        create(amount=9)


def test_a_refused_call_is_our_mistake(fake):
    with pytest.raises(stripe.Misused, match=r"InvalidRequestError: .*unknown parameter"):
        create(amuont=9)
    fake.complaints.clear()
    with pytest.raises(stripe.Misused, match="InvalidRequestError: No such object"):
        stripe.retrieve_payment(payment_id="pi_nope")


def test_nobody_listening_is_unavailable(fake, settings):
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.FAKE_STRIPE_URL = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(stripe.Unavailable, match="APIConnectionError"):
        create()


def test_silence_ends_after_the_timeout(fake, settings, monkeypatch):
    monkeypatch.setattr(stripe.client, "TIMEOUT", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.FAKE_STRIPE_URL = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(stripe.Unavailable, match="APIConnectionError"):
            create()


def test_the_package_repeats_a_lost_call_itself_with_the_same_key(fake, monkeypatch):
    monkeypatch.setattr(stripe.client, "RETRIES", 2)
    monkeypatch.setattr(stripe.client.stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    fake.faults.extend(["drop", "500"])
    assert create().succeeded
    assert len(fake.calls) == 3
    assert len(stand_in.intents(fake)) == 1


def test_a_tasks_time_limit_is_not_taken_for_a_silent_stripe(fake, monkeypatch):
    def late(*call, **more):
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(requests.Session, "request", late)
    with pytest.raises(SoftTimeLimitExceeded):
        create()


def test_a_payment_by_something_that_is_no_card_names_no_payer(fake):
    made = create()
    [charge] = fake.all("charge")
    charge["payment_method_details"] = {"type": "link", "link": {"country": "SG"}}
    seen = stripe.retrieve_payment(payment_id=made.id)
    assert (seen.succeeded, seen.amount, seen.payer) == (True, made.amount, None)


def verify(payload, signature, at=NOON):
    return stripe.verify_event(payload=payload, signature=signature, at=at)


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_an_event_signed_within_five_minutes_is_believed(fake, seconds):
    payload, signature = stand_in.letter(EVENT, NOON + timedelta(seconds=seconds))
    assert verify(payload, signature) == stripe.Event(
        id="evt_1", type="payment_intent.succeeded", object_id="pi_1"
    )


@pytest.mark.parametrize("seconds", [-301, 301, 9_999])
def test_an_event_signed_at_another_time_is_refused(fake, seconds):
    payload, signature = stand_in.letter(EVENT, NOON + timedelta(seconds=seconds))
    with pytest.raises(stripe.BadSignature, match="check the clock of this server"):
        verify(payload, signature)


def test_a_later_stamp_added_to_an_old_signature_does_not_make_it_new(fake):
    payload, signature = stand_in.letter(EVENT, NOON - timedelta(hours=1))
    with pytest.raises(stripe.BadSignature, match="check the clock"):
        verify(payload, f"{signature},t={NOW}")


def test_a_changed_event_is_refused(fake):
    payload, signature = stand_in.letter(EVENT)
    with pytest.raises(stripe.BadSignature, match="not signed by Stripe"):
        verify(payload.replace(b"pi_1", b"pi_2"), signature)


def test_another_endpoints_secret_is_refused(fake):
    payload, signature = stand_in.letter(EVENT, secret="whsec_other")
    with pytest.raises(stripe.BadSignature, match="not signed by Stripe"):
        verify(payload, signature)


@pytest.mark.parametrize(
    "written", ["{0},whsec_connect", "whsec_connect, {0}", "{0}, ,whsec_connect,"]
)
def test_the_endpoints_of_ours_and_of_providers_each_sign_with_a_secret_of_their_own(
    fake, settings, written
):
    settings.STRIPE_WEBHOOK_SECRET = written.format(stand_in.SECRET)
    for secret in (stand_in.SECRET, "whsec_connect"):
        assert verify(*stand_in.letter(EVENT, secret=secret)).id == "evt_1"
    for secret in ("whsec_other", settings.STRIPE_WEBHOOK_SECRET, ""):
        with pytest.raises(stripe.BadSignature, match="not signed by Stripe"):
            verify(*stand_in.letter(EVENT, secret=secret))


def test_without_a_secret_nothing_is_believed(fake, settings):
    settings.STRIPE_WEBHOOK_SECRET = ""
    payload, signature = stand_in.letter(EVENT, secret="")
    with pytest.raises(stripe.BadSignature, match="not signed by Stripe"):
        verify(payload, signature)


@pytest.mark.parametrize(
    "signature", ["", "garbage", "t=", "t=noon,v1=00", f"t={NOW}", f"t={NOW},v1=é", "v1=00", ",,="]
)
def test_a_signature_that_is_none_is_refused(fake, signature):
    with pytest.raises(stripe.BadSignature, match="not signed by Stripe"):
        verify(b"{}", signature)


def test_bytes_that_are_not_text_are_refused(fake):
    with pytest.raises(stripe.BadSignature, match="not signed by Stripe"):
        verify(b"\xff\xfe", f"t={NOW},v1=00")


@pytest.mark.parametrize(
    "content",
    [
        {"id": "evt_1", "object": "v2.core.event", "type": "v1.x", "related_object": {"id": "pi"}},
        {"id": "evt_1", "type": "x", "data": {"object": None}},
        {"id": "evt_1", "type": "x", "data": []},
        [],
        "text",
    ],
)
def test_a_signed_thing_that_is_no_snapshot_event_is_refused(fake, content):
    payload, signature = stand_in.letter(content)
    assert json.loads(payload) == content
    with pytest.raises(stripe.BadSignature, match="not a snapshot event"):
        verify(payload, signature)
