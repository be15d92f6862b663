"""POST /stripe/webhook: signed events are stored, anything else leaves nothing."""

import io
import json

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.utils.timezone import now

from marketplace.billing import webhooks
from marketplace.billing.models import StripeEvent
from tests.billing import stand_in

pytestmark = pytest.mark.django_db
EVENT = {"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": {"id": "pi_1"}}}


def post(client, payload, signature=None, **headers):
    headers |= {} if signature is None else {"HTTP_STRIPE_SIGNATURE": signature}
    return client.post("/stripe/webhook", payload, content_type="application/json", **headers)


@pytest.fixture(autouse=True)
def _account(fake):
    """Every test here has the signing secret of the tests."""


def test_a_signed_event_is_stored_once_and_answered_each_time(client):
    letter = stand_in.letter(EVENT, now())
    assert [post(client, *letter).status_code for _ in range(3)] == [200, 200, 200]
    assert bytes(StripeEvent.objects.get().raw) == letter[0]


def test_stripe_brings_no_csrf_token(client):
    client.handler.enforce_csrf_checks = True
    assert post(client, *stand_in.letter(EVENT, now())).status_code == 200


@pytest.mark.parametrize("signature", [None, "", "t=1,v1=00", "garbage", "t=1,v1=\xe9"])
def test_what_stripe_did_not_sign_is_a_400_and_leaves_nothing(client, signature):
    answer = post(client, json.dumps(EVENT), signature)
    assert answer.status_code == 400
    assert answer.content == b"not signed by Stripe for this endpoint"
    assert not StripeEvent.objects.exists()


def test_a_thin_event_is_a_400_that_says_what_to_mend(client):
    thin = {"id": "evt_1", "object": "v2.core.event", "type": "v1.payment_intent.succeeded"}
    answer = post(client, *stand_in.letter(thin, now()))
    assert answer.status_code == 400
    assert answer.content == b"signed, but not a snapshot event; set the endpoint to send those"
    assert not StripeEvent.objects.exists()


def test_more_than_any_event_is_a_413_and_leaves_nothing(client):
    letter = stand_in.letter({**EVENT, "padding": "x" * webhooks.MAX_BYTES}, now())
    answer = post(client, *letter)
    assert (answer.status_code, answer.content) == (413, b"too large")
    assert not StripeEvent.objects.exists()


def test_a_body_that_announces_no_length_is_not_read_beyond_the_limit():
    body = io.BytesIO(b"x" * (webhooks.MAX_BYTES + 1_000))
    scope = {"type": "http", "method": "POST", "path": "/stripe/webhook", "headers": []}
    assert webhooks.stripe_webhook(ASGIRequest(scope, body)).status_code == 413
    assert body.tell() == webhooks.MAX_BYTES + 1


def test_a_large_event_within_the_limit_is_stored(client):
    room = webhooks.MAX_BYTES - len(json.dumps({**EVENT, "padding": ""}))
    letter = stand_in.letter({**EVENT, "padding": "x" * room}, now())
    assert len(letter[0]) == webhooks.MAX_BYTES
    assert post(client, *letter).status_code == 200


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head"])
def test_any_other_method_is_a_405(client, method):
    assert getattr(client, method)("/stripe/webhook").status_code == 405
