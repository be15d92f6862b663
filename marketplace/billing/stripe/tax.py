"""Stripe Tax: which tax is on a sale, and the sales and credit notes that its reports hold."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import stripe

from marketplace.billing.tax_answers import Share

from .client import Unavailable
from .refusals import KeyTaken, Refused, settled

__all__ = [
    "BAD_NUMBER",
    "NO_PLACE",
    "Calculated",
    "Filed",
    "KeyTaken",
    "Refused",
    "Unavailable",
    "calculate",
    "file_reversal",
    "file_sale",
    "retrieve_filed",
]

#: Stripe's words for a buyer that it cannot place, and for a number of no such form
NO_PLACE = ("customer_tax_location_invalid", "postal_code_invalid")
BAD_NUMBER = "tax_id_invalid"
#: both kinds of filing have one line, whose name is wanted
EXPAND = ["line_items"]


@dataclass(frozen=True)
class Calculated:
    """The tax on a sale; amounts in minor units."""

    id: str
    currency: str
    tax: int
    total: int
    shares: tuple[Share, ...]
    expires_at: datetime | None


@dataclass(frozen=True)
class Filed:
    """A sale or a credit note as Stripe's reports hold it; those of a credit note are negative."""

    id: str
    reference: str
    line_item: str
    amount: int
    tax: int


def calculate(*, params: dict[str, Any], idempotency_key: str) -> Calculated:
    """Ask for the tax on a sale; nothing is filed by it. Raises Refused, KeyTaken or Unavailable.

    `Refused.code` is BAD_NUMBER or of NO_PLACE where the buyer's details are to blame.
    """
    options: Any = {"idempotency_key": idempotency_key}
    made = settled(lambda client: client.v1.tax.calculations.create(cast(Any, params), options))
    return Calculated(
        id=made.id or "",
        currency=made.currency.upper(),
        tax=made.tax_amount_exclusive,
        total=made.amount_total,
        shares=tuple(_share(one) for one in made.tax_breakdown),
        expires_at=datetime.fromtimestamp(made.expires_at, UTC) if made.expires_at else None,
    )


def file_sale(*, params: dict[str, Any], idempotency_key: str) -> Filed:
    """File a sale as it was calculated; a reference is taken once, for ever.

    Raises Refused, KeyTaken or Unavailable.
    """
    options: Any = {"idempotency_key": idempotency_key}
    body: Any = {**params, "expand": EXPAND}
    return _filed(lambda client: client.v1.tax.transactions.create_from_calculation(body, options))


def file_reversal(*, params: dict[str, Any], idempotency_key: str) -> Filed:
    """File what was given back of a sale; a reference is taken once, for ever.

    Raises Refused, KeyTaken or Unavailable.
    """
    options: Any = {"idempotency_key": idempotency_key}
    body: Any = {**params, "expand": EXPAND}
    return _filed(lambda client: client.v1.tax.transactions.create_reversal(body, options))


def retrieve_filed(*, transaction_id: str) -> Filed:
    """A sale or a credit note as it is on file. Raises Refused where none is, or Unavailable."""
    return _filed(
        lambda client: client.v1.tax.transactions.retrieve(
            transaction_id, {"expand": cast(Any, EXPAND)}
        )
    )


def _share(one: Any) -> Share:
    rate = one.tax_rate_details
    return Share(
        reason=one.taxability_reason,
        tax=rate.tax_type or "",
        country=rate.country or "",
        state=rate.state or "",
        percent=rate.percentage_decimal,
        base=one.taxable_amount,
        amount=one.amount,
    )


def _filed(call: Callable[[stripe.StripeClient], stripe.tax.Transaction]) -> Filed:
    made = settled(call)
    lines = made.line_items.data if made.line_items else []
    return Filed(
        id=made.id,
        reference=made.reference,
        line_item=lines[0].id if lines else "",
        amount=sum(line.amount for line in lines),
        tax=sum(line.amount_tax for line in lines),
    )
