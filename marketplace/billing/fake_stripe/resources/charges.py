"""What a payment took from a card."""

import stripe

from marketplace.billing.fake_stripe.listing import page
from marketplace.billing.fake_stripe.routing import endpoint
from marketplace.billing.fake_stripe.state import Fake
from marketplace.billing.fake_stripe.wire import Json

from . import balance, cards

#: Stripe's price for a card payment: this share and so much more, in minor units
SHARE_BPS, FIXED = 290, 30


def fee(amount: int) -> int:
    """Rounded half up to a whole minor unit."""
    return (amount * SHARE_BPS + 5_000) // 10_000 + FIXED


def take(fake: Fake, intent: Json, card: str) -> Json:
    """Take the intent's amount from the card; returns the charge."""
    method = intent["payment_method"]
    charge = fake.put(
        stripe.Charge,
        "ch",
        amount=intent["amount"],
        amount_captured=intent["amount"],
        captured=True,
        paid=True,
        currency=intent["currency"],
        customer=intent["customer"],
        payment_intent=intent["id"],
        status="succeeded",
        metadata=intent["metadata"],
        billing_details=cards.billing_details(fake, method, card, stripe.Charge.BillingDetails),
        payment_method=method,
        payment_method_details=cards.details(card),
    )
    moved = balance.book(
        fake,
        "charge",
        intent["amount"],
        source=charge,
        fee=fee(intent["amount"]),
        settles=0 if card in cards.AVAILABLE_AT_ONCE else balance.SETTLES,
    )
    charge["balance_transaction"] = moved["id"]
    return charge


@endpoint("GET", "/v1/charges/{id}")
def retrieve_charge(fake: Fake, body: Json, name: str) -> Json:
    return fake.get("charge", name)


@endpoint("GET", "/v1/charges")
def list_charges(fake: Fake, body: Json) -> Json:
    return page(fake.all("charge"), body, "/v1/charges", by=("customer", "payment_intent"))
