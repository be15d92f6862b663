"""Money back to the card it came from; never more than was taken."""

import stripe

from marketplace.billing.fake_stripe.listing import page
from marketplace.billing.fake_stripe.routing import endpoint
from marketplace.billing.fake_stripe.state import Fake
from marketplace.billing.fake_stripe.wire import Json, refused

from . import balance, cards


@endpoint("POST", "/v1/refunds")
def create_refund(fake: Fake, body: Json) -> Json:
    charge = _charge(fake, body)
    left = charge["amount"] - charge["amount_refunded"]
    amount = int(body.get("amount", left))
    if charge["disputed"]:
        raise refused("This charge has been charged back.", code="charge_disputed")
    if not 0 < amount <= left:
        raise refused(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
            code="charge_already_refunded" if not left else "amount_too_large",
        )
    card = cards.card_of(fake, charge["payment_method"])
    made = fake.put(
        stripe.Refund,
        "re",
        amount=amount,
        currency=charge["currency"],
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        reason=body.get("reason"),
        metadata=body.get("metadata", {}),
        status="pending" if card in cards.REFUND_WAITS else "succeeded",
    )
    moved = balance.book(fake, "refund", -amount, source=made)
    made["balance_transaction"] = moved["id"]
    _refunded(charge, amount)
    fake.emit("refund.created", made)
    if card in cards.REFUND_FAILS:
        fail(fake, made["id"])
    return made


def _charge(fake: Fake, body: Json) -> Json:
    if "charge" in body:
        return fake.get("charge", body["charge"])
    intent = fake.get("payment_intent", body["payment_intent"])
    if intent["latest_charge"] is None:
        raise refused(f"The PaymentIntent {intent['id']} has no successful charge to refund.")
    return fake.get("charge", intent["latest_charge"])


def _refunded(charge: Json, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]


def settle(fake: Fake, name: str) -> Json:
    """The bank has taken a pending refund."""
    made = fake.get("refund", name)
    made["status"] = "succeeded"
    fake.emit("refund.updated", made)
    return made


def fail(fake: Fake, name: str) -> Json:
    """The bank sends the refund back, maybe days after it succeeded."""
    made = fake.get("refund", name)
    moved = balance.book(fake, "refund_failure", made["amount"], source=made)
    made.update(
        status="failed",
        failure_reason="expired_or_canceled_card",
        failure_balance_transaction=moved["id"],
    )
    _refunded(fake.get("charge", made["charge"]), -made["amount"])
    fake.emit("refund.updated", made)
    fake.emit("refund.failed", made)
    return made


@endpoint("GET", "/v1/refunds/{id}")
def retrieve_refund(fake: Fake, body: Json, name: str) -> Json:
    return fake.get("refund", name)


@endpoint("GET", "/v1/refunds")
def list_refunds(fake: Fake, body: Json) -> Json:
    return page(fake.all("refund"), body, "/v1/refunds", by=("charge", "payment_intent"))
