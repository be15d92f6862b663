"""Refunds: money back to the card it came from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import stripe

from .client import asked


@dataclass(frozen=True)
class Refunded:
    """A refund as it is now; the amount in the currency's minor units."""

    id: str
    status: str
    amount: int
    currency: str
    failure: str
    metadata: dict[str, str]
    payment_id: str = ""
    #: whether our balance there has changed by it
    moved: bool = False

    @property
    def succeeded(self) -> bool:
        return self.status == "succeeded"

    @property
    def failed(self) -> bool:
        return self.status in ("failed", "canceled")


def create_refund(*, params: dict[str, Any], idempotency_key: str) -> Refunded:
    """Send money of a PaymentIntent back; the same key does it once.

    Raises Unavailable or Misused.
    """
    return _refunded(
        lambda client: client.v1.refunds.create(
            cast(Any, params), {"idempotency_key": idempotency_key}
        )
    )


def retrieve_refund(*, refund_id: str) -> Refunded:
    """Ask for a refund's current state. Raises Unavailable or Misused."""
    return _refunded(lambda client: client.v1.refunds.retrieve(refund_id))


def find_refund(*, payment_id: str, name: str, since: datetime) -> Refunded | None:
    """The refund of a payment whose metadata names ours. Raises Unavailable or Misused."""
    rows = asked(
        lambda client: list(
            client.v1.refunds.list(
                {
                    "payment_intent": payment_id,
                    "created": {"gte": int(since.timestamp())},
                    "limit": 100,
                }
            ).auto_paging_iter()
        )
    )
    seen = [_read(row) for row in rows]
    return next((one for one in seen if one.metadata.get("refund") == name), None)


def _refunded(call: Callable[[stripe.StripeClient], stripe.Refund]) -> Refunded:
    return _read(asked(call))


def _read(row: stripe.Refund) -> Refunded:
    intent = row.payment_intent
    return Refunded(
        id=row.id,
        status=row.status or "pending",
        amount=row.amount,
        currency=row.currency.upper(),
        failure=(getattr(row, "failure_reason", None) or "").replace("_", " "),
        metadata=dict(row.metadata.to_dict()) if row.metadata else {},
        payment_id=intent if isinstance(intent, str) else intent.id if intent else "",
        moved=bool(row.balance_transaction),
    )
