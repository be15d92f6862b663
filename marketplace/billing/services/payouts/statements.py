"""What a payout is made of, piece by piece; adds up to the ledger to the micro-unit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Sum

from marketplace.accounts.models import Organisation
from marketplace.billing.models import Charge, Payout
from marketplace.core.money import text_from_micro
from marketplace.core.sheets import as_text
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind

from .rentals import EarnedFor, charges_of, fees_of, keepings_of

CHUNK = 2_000
HEADING = (
    "charge",
    "charged_at",
    "reservation",
    "lease",
    "machine",
    "gpu",
    "billed_ms_so_far",
    "charged",
    "fee",
    "yours",
    "currency",
    "what",
)


class Earned(NamedTuple):
    """Of one provider, micro-units: payable now, too young, on its way, owed to us."""

    payable_micro: int
    maturing_micro: int
    on_its_way_micro: int
    owed_micro: int
    currency: str


def earned(*, organisation: Organisation, currency: str = "") -> Earned:
    """What the ledger says a provider is owed, and owes."""
    currency = currency or settings.CURRENCY
    sums = ledger.totals(currency=currency, owner=organisation.public_id)
    return Earned(
        payable_micro=sums.get(Kind.PROVIDER_AVAILABLE, 0),
        maturing_micro=sums.get(Kind.PROVIDER_PENDING, 0),
        on_its_way_micro=sums.get(Kind.PAYOUT_IN_TRANSIT, 0),
        owed_micro=-sums.get(Kind.PROVIDER_RECEIVABLE, 0),
        currency=currency,
    )


@dataclass(frozen=True)
class Statement:
    """carried in + yours + owed later - netted = amount + carried out."""

    payout: Payout
    charged_micro: int
    fee_micro: int
    yours_micro: int
    owed_later_micro: int


def statement(*, payout: Payout) -> Statement:
    """The sums of what a payout is made of, and what of them it could not take."""
    sums = (
        charges_of(payout).aggregate(charged=Sum("amount_micro"), yours=Sum("provider_micro")),
        fees_of(payout).aggregate(charged=Sum("fee_micro"), yours=Sum("theirs_micro")),
        keepings_of(payout).aggregate(charged=Sum("due_micro"), yours=Sum("theirs_micro")),
    )
    charged, yours = (sum(of[name] or 0 for of in sums) for name in ("charged", "yours"))
    owed = payout.lines.aggregate(owed=Sum("maturity__owed_micro"))["owed"]
    return Statement(payout, charged, charged - yours, yours, owed or 0)


def charge_rows(*, payout: Payout) -> Iterator[tuple[str, ...]]:
    """Each charge, fee for time given up and kept workspace as a line of a table, after a heading.

    A fee is of no machine; what is no charge is of no lease and no time of GPUs. Amounts are exact
    decimals, names are no formulas. Memory does not grow with their number.
    """
    yield HEADING
    rows = charges_of(payout).select_related(
        "lease__gpu__machine", "lease__assignment__reservation"
    )
    for row in rows.order_by("pk").iterator(chunk_size=CHUNK):
        yield (
            *_whence(row),
            str(row.covered_ms),
            text_from_micro(row.amount_micro),
            text_from_micro(row.fee_micro),
            text_from_micro(row.provider_micro),
            row.currency,
            EarnedFor.USED,
        )
    yield from _fee_rows(payout)
    yield from _kept_rows(payout)


def _fee_rows(payout: Payout) -> Iterator[tuple[str, ...]]:
    rows = fees_of(payout).select_related("reservation")
    for row in rows.order_by("pk").iterator(chunk_size=CHUNK):
        yield (
            str(row.public_id),
            row.at.isoformat(),
            str(row.reservation.public_id),
            *("", "", "", "0"),
            text_from_micro(row.fee_micro),
            text_from_micro(row.fee_micro - row.provider_micro),
            text_from_micro(row.provider_micro),
            row.reservation.currency,
            EarnedFor.GIVEN_UP,
        )


def _kept_rows(payout: Payout) -> Iterator[tuple[str, ...]]:
    rows = keepings_of(payout).select_related("reservation", "assignment__machine")
    for row in rows.order_by("pk").iterator(chunk_size=CHUNK):
        assert row.ended_at is not None  # noqa: S101  the database's constraint says so
        yield (
            str(row.public_id),
            row.ended_at.isoformat(),
            str(row.reservation.public_id),
            *("", as_text(row.assignment.machine.name), "", "0"),
            text_from_micro(row.due_micro),
            text_from_micro(row.due_micro - row.provider_micro),
            text_from_micro(row.provider_micro),
            row.currency,
            EarnedFor.KEPT,
        )


def _whence(row: Charge) -> tuple[str, ...]:
    lease = row.lease
    names: tuple[UUID | datetime | str, ...] = (
        row.public_id,
        row.charged_at.isoformat(),
        lease.assignment.reservation.public_id,
        lease.public_id,
        as_text(lease.gpu.machine.name),
        as_text(lease.gpu.uuid),
    )
    return tuple(str(one) for one in names)
