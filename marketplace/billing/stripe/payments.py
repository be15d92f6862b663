"""PaymentIntents: money taken from a card."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import stripe

from .client import asked

#: who paid stands on the charge
EXPAND = ["latest_charge"]
#: the bank wants to hear from the card's owner, who is not there
ASKS_OWNER = "authentication_required"


@dataclass(frozen=True)
class Payer:
    """Whom the payment method names; blank is unknown. `fingerprint` is the card's, at Stripe."""

    fingerprint: str
    name: str
    country: str
    card_country: str


@dataclass(frozen=True)
class Payment:
    """A PaymentIntent as it is now; amounts in the currency's minor units."""

    id: str
    status: str
    amount: int
    currency: str
    failure: str
    payer: Payer | None = None
    #: Stripe's word for why it failed
    failure_code: str = ""
    #: where the card's owner can answer the bank
    action_url: str = ""
    #: public id of the top-up that asked for it, as we wrote it there
    top_up: str = ""

    @property
    def succeeded(self) -> bool:
        return self.status == "succeeded"

    @property
    def open(self) -> bool:
        """Whether nothing was taken, and nothing will be unless somebody does something."""
        return self.status not in ("succeeded", "processing")

    @property
    def needs_action(self) -> bool:
        """Whether the card's owner is waited for; off session that is a refusal of its own."""
        return self.status == "requires_action" or (
            self.status == "requires_payment_method" and self.failure_code == ASKS_OWNER
        )


def create_payment(*, params: dict[str, Any], idempotency_key: str) -> Payment:
    """Create (and confirm) a PaymentIntent; the same key gives the same one.

    Raises Declined, Unavailable or Misused.
    """
    return _payment(
        lambda client: client.v1.payment_intents.create(
            cast(Any, {**params, "expand": EXPAND}), {"idempotency_key": idempotency_key}
        )
    )


def retrieve_payment(*, payment_id: str) -> Payment:
    """Ask for a PaymentIntent's current state. Raises Unavailable or Misused."""
    return _payment(
        lambda client: client.v1.payment_intents.retrieve(payment_id, {"expand": EXPAND})
    )


def confirm_payment(
    *, payment_id: str, payment_method: str, return_url: str, idempotency_key: str
) -> Payment:
    """Try a payment again while the card's owner is there; `action_url` is where to send them.

    Raises Declined, Unavailable or Misused.
    """
    params: Any = {"payment_method": payment_method, "return_url": return_url, "expand": EXPAND}
    return _payment(
        lambda client: client.v1.payment_intents.confirm(
            payment_id, params, {"idempotency_key": idempotency_key}
        )
    )


def cancel_payment(*, params: dict[str, Any], idempotency_key: str) -> Payment:
    """Give up a payment that nobody finished; `params` holds its `id`.

    Raises Unavailable, and Misused when it succeeded meanwhile.
    """
    rest: Any = {"cancellation_reason": "abandoned", "expand": EXPAND}
    return _payment(
        lambda client: client.v1.payment_intents.cancel(
            params["id"], rest, {"idempotency_key": idempotency_key}
        )
    )


def find_payment(*, name: str, since: datetime, until: datetime) -> Payment | None:
    """The payment of this time whose metadata names our top-up. Raises Unavailable or Misused.

    By listing: Stripe's search lags behind.
    """
    created: Any = {"gte": int(since.timestamp()), "lte": int(until.timestamp())}
    rows = asked(lambda client: client.v1.payment_intents.list({"created": created, "limit": 100}))
    for row in asked(lambda _: list(rows.auto_paging_iter())):
        if row.metadata.to_dict().get("top_up") == name:
            return retrieve_payment(payment_id=row.id)
    return None


def _payment(call: Callable[[stripe.StripeClient], stripe.PaymentIntent]) -> Payment:
    return _read(asked(call))


def _read(intent: stripe.PaymentIntent) -> Payment:
    failed = intent.last_payment_error
    return Payment(
        id=intent.id,
        status=intent.status,
        amount=intent.amount_received or intent.amount,
        currency=intent.currency.upper(),
        failure=(failed.message or "The payment failed.") if failed else "",
        payer=_payer(intent.latest_charge),
        failure_code=(getattr(failed, "code", None) or "") if failed else "",
        action_url=_action_url(intent),
        top_up=intent.metadata.to_dict().get("top_up", ""),
    )


def _action_url(intent: stripe.PaymentIntent) -> str:
    # Stripe leaves out what a next action is not
    where = getattr(intent.next_action, "redirect_to_url", None)
    return (where.url or "") if where else ""


def _payer(charge: Any) -> Payer | None:
    """Of a charge that came whole; one that was not expanded is only an id."""
    if not isinstance(charge, stripe.Charge) or charge.payment_method_details is None:
        return None
    # Stripe leaves out what a payment method is not
    card = getattr(charge.payment_method_details, "card", None)
    billing = charge.billing_details
    if card is None or not card.fingerprint:
        return None
    address = billing.address
    return Payer(
        fingerprint=card.fingerprint,
        name=(billing.name or "").strip()[:200],
        country=((address and address.country) or "")[:2],
        card_country=(card.country or "")[:2],
    )
