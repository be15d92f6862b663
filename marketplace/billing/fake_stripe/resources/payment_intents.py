"""Payments by card: on and off session, declined, or waiting for the card's owner."""

import stripe

from marketplace.billing.fake_stripe import types
from marketplace.billing.fake_stripe.listing import page
from marketplace.billing.fake_stripe.routing import endpoint
from marketplace.billing.fake_stripe.state import Fake
from marketplace.billing.fake_stripe.wire import Json, refused

from . import cards, charges, disputes

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


@endpoint("POST", "/v1/payment_intents")
def create_payment_intent(fake: Fake, body: Json) -> Json:
    method = body.get("payment_method")
    if method is not None:
        cards.card_of(fake, method)
        _require_owner(fake, method, body.get("customer"))
    if body.get("customer"):
        fake.get("customer", body["customer"])
    intent = fake.put(
        stripe.PaymentIntent,
        "pi",
        amount=int(body["amount"]),
        amount_received=0,
        currency=body["currency"],
        customer=body.get("customer"),
        description=body.get("description"),
        payment_method=method,
        payment_method_types=body.get("allowed_payment_method_types", ["card"]),
        metadata=body.get("metadata", {}),
        status="requires_confirmation" if method else "requires_payment_method",
        setup_future_usage=body.get("setup_future_usage"),
        last_payment_error=None,
        latest_charge=None,
        next_action=None,
    )
    return confirm(fake, intent, body) if body.get("confirm") == "true" else intent


@endpoint("POST", "/v1/payment_intents/{id}/confirm")
def confirm_payment_intent(fake: Fake, body: Json, name: str) -> Json:
    intent = fake.get("payment_intent", name)
    _require_open(intent, "confirm")
    if "payment_method" in body:
        _require_owner(fake, body["payment_method"], intent["customer"])
        intent["payment_method"] = body["payment_method"]
    return confirm(fake, intent, body)


@endpoint("POST", "/v1/payment_intents/{id}/cancel")
def cancel_payment_intent(fake: Fake, body: Json, name: str) -> Json:
    intent = fake.get("payment_intent", name)
    _require_open(intent, "cancel")
    intent.update(
        status="canceled",
        next_action=None,
        canceled_at=fake.now(),
        cancellation_reason=body.get("cancellation_reason"),
    )
    fake.emit("payment_intent.canceled", intent)
    return intent


@endpoint("GET", "/v1/payment_intents/{id}")
def retrieve_payment_intent(fake: Fake, body: Json, name: str) -> Json:
    return fake.get("payment_intent", name)


@endpoint("GET", "/v1/payment_intents")
def list_payment_intents(fake: Fake, body: Json) -> Json:
    return page(fake.all("payment_intent"), body, "/v1/payment_intents", by=("customer",))


def _require_open(intent: Json, act: str) -> None:
    if intent["status"] not in OPEN:
        raise refused(
            f"You cannot {act} this PaymentIntent because it has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
        )


def _require_owner(fake: Fake, method: str, customer: str | None) -> None:
    """A saved card belongs to its customer."""
    saved = fake.objects.get(method)
    if saved is not None and saved["customer"] != customer:
        raise refused(
            f"The payment method {method} does not belong to the customer of this PaymentIntent."
        )


def confirm(fake: Fake, intent: Json, body: Json) -> Json:
    """Charge the card, unless its bank refuses or wants to hear from its owner."""
    card = cards.card_of(fake, intent["payment_method"])
    intent["last_payment_error"] = None
    if card in cards.DECLINING:
        _decline(fake, intent, cards.DECLINING[card])
    if card in cards.ASKING and body.get("off_session") in ("true", "recurring", "one_off"):
        _decline(fake, intent, cards.ASKED_OFF_SESSION)
    if card in cards.ASKING:
        intent.update(status="requires_action", next_action=_next_action(fake, intent, body))
        fake.emit("payment_intent.requires_action", intent)
        return intent
    return _succeed(fake, intent, card)


def _next_action(fake: Fake, intent: Json, body: Json) -> Json:
    if "return_url" not in body:
        return {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
    address = f"{fake.address}/_fake/authenticate/{intent['id']}"
    where = {"return_url": body["return_url"], "url": address}
    return {"type": "redirect_to_url", "redirect_to_url": where}


def authenticate(fake: Fake, name: str, *, agreed: bool = True) -> Json:
    """The card's owner answers the bank; what Stripe's own page would do."""
    intent = fake.get("payment_intent", name)
    if intent["status"] != "requires_action":
        raise refused(f"{name} waits for nobody")
    intent["next_action"] = None
    if agreed:
        return _succeed(fake, intent, cards.card_of(fake, intent["payment_method"]))
    message = "We are unable to authenticate your payment method. Choose another one."
    _fail(fake, intent, cards.Decline("payment_intent_authentication_failure", message))
    return intent


def _fail(fake: Fake, intent: Json, decline: cards.Decline) -> None:
    also = {"decline_code": decline.decline_code} if decline.decline_code else {}
    error = types.neutral(
        stripe.PaymentIntent.LastPaymentError,
        type="card_error",
        code=decline.code,
        message=decline.message,
        **also,
    )
    intent.update(status="requires_payment_method", last_payment_error=error)
    fake.emit("payment_intent.payment_failed", intent)


def _decline(fake: Fake, intent: Json, decline: cards.Decline) -> None:
    _fail(fake, intent, decline)
    raise cards.declined(decline, payment_intent=intent)


def _succeed(fake: Fake, intent: Json, card: str) -> Json:
    charge = charges.take(fake, intent, card)
    intent.update(status="succeeded", amount_received=intent["amount"], latest_charge=charge["id"])
    fake.emit("payment_intent.succeeded", intent)
    if card in cards.DISPUTED:
        disputes.open_dispute(fake, charge["id"], status=cards.DISPUTED[card])
    return intent
