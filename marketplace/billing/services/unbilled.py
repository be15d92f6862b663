"""What no paper holds yet: charges, summed by lease and rate, fees, and workspaces kept."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from psycopg.types.range import Range

from marketplace.accounts.models import Organisation
from marketplace.billing.models import InvoiceLine, LineSpan, RateSegment
from marketplace.brokerage.keepings import HOUR_MS
from marketplace.brokerage.models import Keeping, Reservation, WindowChange

#: A charge carries the total so far, so two of them tell the sum of all between. Numbers follow
#: the order of commits; a charge at or after the end, and what follows it, waits for the next one.
UNBILLED = """
SELECT l.id, s.id, held.seq + 1, last.seq,
  last.covered_ms - coalesce(before.covered_ms, 0),
  last.total_micro - coalesce(before.total_micro, 0),
  since.charged_at, last.charged_at
FROM brokerage_reservation r
JOIN billing_ratesegment s ON s.reservation_id = r.id AND s.currency = %(currency)s
JOIN brokerage_assignment a ON a.reservation_id = r.id
JOIN brokerage_lease l ON l.assignment_id = a.id
CROSS JOIN LATERAL (
  SELECT coalesce(max(upper(p.charges)) - 1, 0) AS seq FROM billing_linespan p
  WHERE p.lease_id = l.id AND p.rate_id = s.id) held
CROSS JOIN LATERAL (
  SELECT min(c.seq) AS seq FROM billing_charge c
  WHERE c.lease_id = l.id AND c.rate_id = s.id AND c.seq > held.seq
    AND c.charged_at >= %(until)s) stop
CROSS JOIN LATERAL (
  SELECT c.seq, c.covered_ms, c.total_micro, c.charged_at FROM billing_charge c
  WHERE c.lease_id = l.id AND c.rate_id = s.id AND c.seq > held.seq
    AND (stop.seq IS NULL OR c.seq < stop.seq) ORDER BY c.seq DESC LIMIT 1) last
JOIN billing_charge since
  ON since.lease_id = l.id AND since.rate_id = s.id AND since.seq = held.seq + 1
LEFT JOIN billing_charge before
  ON before.lease_id = l.id AND before.rate_id = s.id AND before.seq = held.seq
WHERE r.renter_id = %(renter)s
ORDER BY r.id, s.version, l.id
"""


class Span(NamedTuple):
    """Charges of a lease at a rate, by their numbers from first to last; micro-units."""

    lease: int
    rate: int
    first: int
    last: int
    billed_ms: int
    amount_micro: int
    since: datetime
    charged_at: datetime


@dataclass(frozen=True)
class Unbilled:
    """What one reservation was charged at one rate; negative: given back."""

    rate: RateSegment
    spans: list[Span]

    @property
    def amount_micro(self) -> int:
        return sum(span.amount_micro for span in self.spans)

    @property
    def billed_ms(self) -> int:
        return sum(span.billed_ms for span in self.spans)

    @property
    def since(self) -> datetime:
        return min(span.since for span in self.spans)

    @property
    def tax_point(self) -> datetime:
        """When the last of it was charged."""
        return max(span.charged_at for span in self.spans)

    def line(self) -> InvoiceLine:
        """As a line that still lacks its invoice, place and tax."""
        return InvoiceLine(
            reservation=self.rate.reservation,
            rate=self.rate,
            description=_rented(self.rate.reservation),
            billed_ms=self.billed_ms,
            price_micro_per_gpu_hour=self.rate.price_micro_per_gpu_hour,
            amount_micro=self.amount_micro,
        )


@dataclass(frozen=True)
class UnbilledFee:
    """What one change of a window cost, by the schedule that it was booked under."""

    change: WindowChange
    spans: tuple[Span, ...] = ()

    @property
    def amount_micro(self) -> int:
        return self.change.fee_micro

    @property
    def since(self) -> datetime:
        return self.change.at

    @property
    def tax_point(self) -> datetime:
        """When it was taken."""
        return self.change.at

    def line(self) -> InvoiceLine:
        """As a line that still lacks its invoice, place and tax."""
        return InvoiceLine(
            reservation=self.change.reservation,
            change=self.change,
            description=f"Time given up: {_rented(self.change.reservation)}",
            billed_ms=0,
            price_micro_per_gpu_hour=0,
            amount_micro=self.amount_micro,
        )


@dataclass(frozen=True)
class UnbilledKeeping:
    """What it cost to keep a workspace after its rental."""

    keeping: Keeping
    spans: tuple[Span, ...] = ()

    @property
    def amount_micro(self) -> int:
        return self.keeping.due_micro

    @property
    def since(self) -> datetime:
        return self.tax_point

    @property
    def tax_point(self) -> datetime:
        """When it was over, and what it cost was taken."""
        assert self.keeping.ended_at is not None  # noqa: S101  the database's constraint says so
        return self.keeping.ended_at

    def line(self) -> InvoiceLine:
        """As a line that still lacks its invoice, place and tax."""
        return InvoiceLine(
            reservation=self.keeping.reservation,
            keeping=self.keeping,
            description=_kept(self.keeping),
            billed_ms=0,
            price_micro_per_gpu_hour=0,
            amount_micro=self.amount_micro,
        )


def _rented(of: Reservation) -> str:
    return f"{of.gpu_count} × {of.offer.chip}, {_where(of)}"  # noqa: RUF001


def _kept(row: Keeping) -> str:
    """Hours to the hundredth; how many milliseconds it was stands on the paper beside it."""
    hours = f"{row.answered_ms / HOUR_MS:.2f}".rstrip("0").rstrip(".")
    return f"Workspace kept: {row.gib} GiB for {hours} h, {_where(row.reservation)}"


def _where(of: Reservation) -> str:
    site = of.offer.machine.site
    return f"{site.name} ({site.country})"


def unbilled(*, organisation: Organisation, currency: str, until: datetime) -> list[Unbilled]:
    """What was charged before `until` and is on no paper, by reservation and rate, none of it zero.

    The caller holds the lock on the organisation's wallet, under which papers are issued.
    """
    values: dict[str, int | str | datetime] = {
        "renter": organisation.pk,
        "currency": currency,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(UNBILLED, values)
        spans = [Span(*row) for row in cursor.fetchall()]
    by_rate: dict[int, list[Span]] = {}
    for span in spans:
        by_rate.setdefault(span.rate, []).append(span)
    rates = RateSegment.objects.select_related(
        "reservation__offer__chip", "reservation__offer__machine__site__operator"
    ).in_bulk(by_rate)
    rows = [Unbilled(rates[pk], found) for pk, found in by_rate.items()]
    return [row for row in rows if row.amount_micro]


def unbilled_fees(
    *, organisation: Organisation, currency: str, until: datetime
) -> list[UnbilledFee]:
    """Fees that were taken before `until` and are on no invoice, oldest first.

    The caller holds the lock on the organisation's wallet, out of which they are taken.
    """
    rows = WindowChange.objects.with_fee().filter(
        reservation__renter=organisation,
        reservation__currency=currency,
        at__lt=until,
        invoice_line=None,
    )
    related = ("reservation__offer__chip", "reservation__offer__machine__site__operator")
    return [UnbilledFee(row) for row in rows.select_related(*related).order_by("at", "pk")]


def unbilled_keepings(
    *, organisation: Organisation, currency: str, until: datetime
) -> list[UnbilledKeeping]:
    """Workspaces whose keeping was over before `until` and that are on no invoice, oldest first.

    The caller holds the lock on the organisation's wallet, out of which they are paid.
    """
    rows = Keeping.objects.charged().filter(
        reservation__renter=organisation,
        currency=currency,
        ended_at__lt=until,
        invoice_line=None,
    )
    related = "reservation__offer__machine__site"
    return [UnbilledKeeping(row) for row in rows.select_related(related).order_by("ended_at", "pk")]


def rows_of(spans: Collection[Span]) -> Iterable[LineSpan]:
    """The spans as rows that still lack their line."""
    return (
        LineSpan(
            lease_id=span.lease,
            rate_id=span.rate,
            charges=Range(span.first, span.last + 1),
            billed_ms=span.billed_ms,
            amount_micro=span.amount_micro,
        )
        for span in spans
    )
