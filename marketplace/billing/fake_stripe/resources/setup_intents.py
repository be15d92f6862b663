"""Consent of a card's owner to be charged later, while nobody is there."""

import stripe

from marketplace.billing.fake_stripe.listing import page
from marketplace.billing.fake_stripe.routing import endpoint
from marketplace.billing.fake_stripe.state import Fake
from marketplace.billing.fake_stripe.wire import Json, refused

from . import cards, payment_methods


def start(fake: Fake, customer: str | None, metadata: Json, usage: str = "off_session") -> Json:
    return fake.put(
        stripe.SetupIntent,
        "seti",
        customer=customer,
        metadata=metadata,
        payment_method=None,
        payment_method_types=["card"],
        status="requires_payment_method",
        usage=usage,
    )


def finish(fake: Fake, intent: Json, card: str) -> Json:
    """The owner agrees with this card; it is saved. Raises a decline."""
    if card in cards.NOT_SAVED:
        fake.emit("setup_intent.setup_failed", intent)
    saved = payment_methods.save(fake, card, intent["customer"])
    intent.update(status="succeeded", payment_method=saved["id"])
    fake.emit("setup_intent.succeeded", intent)
    return intent


@endpoint("POST", "/v1/setup_intents")
def create_setup_intent(fake: Fake, body: Json) -> Json:
    if body.get("customer"):
        fake.get("customer", body["customer"])
    intent = start(
        fake,
        body.get("customer"),
        body.get("metadata", {}),
        body.get("usage", "off_session"),
    )
    return finish(fake, intent, body["payment_method"]) if "payment_method" in body else intent


@endpoint("POST", "/v1/setup_intents/{id}/confirm")
def confirm_setup_intent(fake: Fake, body: Json, name: str) -> Json:
    intent = fake.get("setup_intent", name)
    if intent["status"] != "requires_payment_method":
        raise refused(f"This SetupIntent has a status of {intent['status']}.")
    return finish(fake, intent, body["payment_method"])


@endpoint("POST", "/v1/setup_intents/{id}/cancel")
def cancel_setup_intent(fake: Fake, body: Json, name: str) -> Json:
    intent = fake.get("setup_intent", name)
    if intent["status"] == "succeeded":
        raise refused("This SetupIntent has a status of succeeded.")
    intent["status"] = "canceled"
    fake.emit("setup_intent.canceled", intent)
    return intent


@endpoint("GET", "/v1/setup_intents/{id}")
def retrieve_setup_intent(fake: Fake, body: Json, name: str) -> Json:
    return fake.get("setup_intent", name)


@endpoint("GET", "/v1/setup_intents")
def list_setup_intents(fake: Fake, body: Json) -> Json:
    return page(fake.all("setup_intent"), body, "/v1/setup_intents", by=("customer",))
