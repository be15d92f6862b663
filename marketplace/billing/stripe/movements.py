"""Our balance at Stripe, and what moved it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import stripe

from .client import asked


@dataclass(frozen=True)
class Movement:
    """A balance transaction; amounts in the currency's minor units."""

    id: str
    type: str
    category: str
    amount: int
    fee: int
    net: int
    currency: str
    happened_at: datetime
    available_on: datetime
    source: str
    payment_id: str


@dataclass(frozen=True)
class Funds:
    """What we have at Stripe in one currency, minor units."""

    currency: str
    available: int
    pending: int


def list_movements(*, since: datetime, until: datetime) -> list[Movement]:
    """What moved our balance in this time. Raises Unavailable or Misused."""
    created: Any = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
    rows = asked(
        lambda client: list(
            client.v1.balance_transactions.list(
                {"created": created, "limit": 100, "expand": ["data.source"]}
            ).auto_paging_iter()
        )
    )
    return [_read(row) for row in rows]


def retrieve_funds() -> list[Funds]:
    """What we have at Stripe now, by currency. Raises Unavailable or Misused."""
    seen = asked(lambda client: client.v1.balance.retrieve())
    available = {row.currency: row.amount for row in seen.available}
    pending = {row.currency: row.amount for row in seen.pending}
    return [
        Funds(one.upper(), available.get(one, 0), pending.get(one, 0))
        for one in sorted(available.keys() | pending.keys())
    ]


def retrieve_time() -> datetime:
    """Stripe's clock, to the second, as its answers carry it. Raises Unavailable or Misused."""
    seen = asked(lambda client: client.v1.balance.retrieve())
    headers: Any = seen.last_response.headers if seen.last_response else {}
    stamp = {name.lower(): value for name, value in headers.items()}["date"]
    return parsedate_to_datetime(stamp)


def _read(row: stripe.BalanceTransaction) -> Movement:
    source: Any = row.source
    return Movement(
        id=row.id,
        type=row.type,
        category=row.reporting_category,
        amount=row.amount,
        fee=row.fee,
        net=row.net,
        currency=row.currency.upper(),
        happened_at=datetime.fromtimestamp(row.created, UTC),
        available_on=datetime.fromtimestamp(row.available_on, UTC),
        source=_id(source),
        payment_id=_id(getattr(source, "payment_intent", None)),
    )


def _id(about: Any) -> str:
    return about if isinstance(about, str) else getattr(about, "id", "")
