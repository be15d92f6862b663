"""Saved cards. A test card such as pm_card_visa becomes one when it is attached."""

import stripe

from marketplace.billing.fake_stripe import types
from marketplace.billing.fake_stripe.routing import endpoint
from marketplace.billing.fake_stripe.state import Fake
from marketplace.billing.fake_stripe.wire import Json, refused

from . import cards


def save(fake: Fake, card: str, customer: str) -> Json:
    """Attach a test card to a customer as a payment method of its own. Raises a decline."""
    if card in cards.NOT_SAVED:
        raise cards.declined(cards.DECLINING[card])
    made = fake.put(
        stripe.PaymentMethod,
        "pm",
        type="card",
        customer=customer,
        metadata={},
        allow_redisplay="always",
        billing_details=cards.billing_details(
            fake, card, card, stripe.PaymentMethod.BillingDetails
        ),
        card=types.neutral(stripe.PaymentMethod.Card, **cards.face(card)),
    )
    fake.cards[made["id"]] = card
    if card in fake.payers:
        fake.payers[made["id"]] = fake.payers[card]
    fake.emit("payment_method.attached", made)
    return made


@endpoint("POST", "/v1/payment_methods/{id}/attach")
def attach_payment_method(fake: Fake, body: Json, name: str) -> Json:
    customer = fake.get("customer", body["customer"])["id"]
    if name.startswith(cards.PREFIX):
        return save(fake, name, customer)
    made = fake.get("payment_method", name)
    if made["customer"] != customer:
        raise refused("This payment method was detached before and cannot be used again.")
    return made


@endpoint("POST", "/v1/payment_methods/{id}/detach")
def detach_payment_method(fake: Fake, body: Json, name: str) -> Json:
    made = fake.get("payment_method", name)
    if made["customer"] is None:
        raise refused("The payment method you provided is not attached to a customer.")
    made["customer"] = None
    fake.emit("payment_method.detached", made)
    return made


@endpoint("GET", "/v1/payment_methods/{id}")
def retrieve_payment_method(fake: Fake, body: Json, name: str) -> Json:
    return fake.get("payment_method", name)
