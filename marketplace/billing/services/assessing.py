"""Credits for downtime: measured from evidence, by the published schedule, given once."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from marketplace.billing import availability
from marketplace.billing.availability import Span
from marketplace.billing.models import (
    Charge,
    CreditLine,
    CreditNote,
    Fault,
    FaultRuling,
    Invoice,
    InvoiceLine,
    SlaAssessment,
    SlaTier,
)
from marketplace.brokerage.models import Assignment, Reservation
from marketplace.brokerage.states import State
from marketplace.catalog.pricing import milliseconds
from marketplace.core.money import BASIS_POINTS, whole_minor
from marketplace.metering import services as metering
from marketplace.metering.models import Gap, GapKind, OutageRuling, OwnOutage
from marketplace.metering.placing import SHORT_GAP

from .crediting import BadCredit, Item, issue_credit_note, spread
from .promises import schedule


class Measured(NamedTuple):
    """Run and downtime of all GPUs together, what of it is the machine's, and the rows that say so.

    Milliseconds.
    """

    run_ms: int
    down_ms: int
    of_the_machine_ms: int
    gaps: list[str]
    rulings: list[str]


def to_assess() -> QuerySet[Reservation]:
    """Settled reservations that a promise may cover and whose rulings are not all assessed."""
    first = SlaTier.objects.order_by("since").values_list("since", flat=True).first()
    if first is None:
        return Reservation.objects.none()
    rulings = OutageRuling.objects.filter(assignment__reservation=OuterRef("pk"))
    faults = FaultRuling.objects.filter(reservation=OuterRef("pk"))
    rows = Reservation.objects.filter(state=State.SETTLED, created_at__gte=first).annotate(
        known=_count(rulings, "assignment__reservation") + _count(faults, "reservation")
    )
    assessed = SlaAssessment.objects.filter(reservation=OuterRef("pk"), revision=OuterRef("known"))
    # what a ruling gives back must be in the books before its share is reckoned
    unrated = rulings.filter(rerating=None)
    return rows.filter(~Exists(assessed), ~Exists(unrated)).order_by("pk")


def _count(rows: QuerySet[Any], by: str) -> Coalesce:
    counted = Subquery(rows.values(by).annotate(count=Count("pk")).values("count"))
    return Coalesce(counted, Value(0), output_field=BigIntegerField())


def assess(*, reservation: Reservation, at: datetime) -> SlaAssessment:
    """Measure how available a settled reservation was and what that earns; once per ruling.

    Down is what was not billed because nothing or nothing believable arrived for more than
    SHORT_GAP, and what a ruling took out; each moment once. Without a ruling of fault the provider
    bears it if gaps of its machine were half of it at least, and we otherwise; a gap while we were
    down ourselves, by our own record, is none of its machine.
    """
    with transaction.atomic():
        row = Reservation.objects.select_for_update(no_key=True).get(pk=reservation.pk)
        faults = row.fault_rulings.order_by("pk")
        rulings = row.assignments.aggregate(count=Count("rulings"))["count"]
        revision = rulings + faults.count()
        known = SlaAssessment.objects.filter(reservation=row, revision=revision).first()
        if known:
            return known
        measured, charged = _measure(row, at), _charged(row)
        tiers = schedule(at=row.created_at)
        share = _share(measured, tiers)
        last = faults.last()
        return SlaAssessment.objects.create(
            reservation=row,
            revision=revision,
            run_ms=measured.run_ms,
            down_ms=measured.down_ms,
            charged_micro=charged,
            credit_bps=share,
            credit_micro=whole_minor(charged * share // BASIS_POINTS, row.currency),
            fault=last.fault if last else _fault(measured),
            evidence=_evidence(measured, tiers, last.public_id if last else None),
            assessed_at=at,
            created_at=at,
        )


def assessment_of(*, reservation: Reservation) -> SlaAssessment | None:
    """How available it was, as last assessed."""
    return SlaAssessment.objects.filter(reservation=reservation).order_by("revision").last()


def _share(measured: Measured, tiers: Sequence[SlaTier]) -> int:
    if not measured.run_ms:
        return 0
    available = availability.available_bps(run_ms=measured.run_ms, down_ms=measured.down_ms)
    return availability.credit_bps(
        ((tier.below_bps, tier.credit_bps) for tier in tiers), available=available
    )


def _fault(measured: Measured) -> Fault:
    ours = 2 * measured.of_the_machine_ms < measured.down_ms
    return Fault.PLATFORM if ours else Fault.PROVIDER


def _evidence(measured: Measured, tiers: Sequence[SlaTier], ruling: Any) -> dict[str, Any]:
    return {
        "gaps": measured.gaps,
        "rulings": measured.rulings,
        "schedule": [str(tier.public_id) for tier in tiers],
        "fault_ruling": str(ruling) if ruling else None,
    }


def _charged(of: Reservation) -> int:
    rows = Charge.objects.filter(lease__assignment__reservation=of)
    return int(rows.aggregate(sum=Sum("amount_micro"))["sum"] or 0)


def _measure(of: Reservation, at: datetime) -> Measured:
    run = down = machine = timedelta()
    gaps: list[str] = []
    rulings: list[str] = []
    for part in of.assignments.filter(started_at__isnull=False).order_by("pk"):
        spans, theirs = _spans(part, gaps, rulings)
        for lease in part.leases.all():
            bounds = metering.interval(lease, at)
            if bounds is not None:
                run += bounds[1] - bounds[0]
                down += availability.down(spans, run=bounds)
                machine += availability.down(theirs, run=bounds)
    # each rounded down; what is down stays within the run
    return Measured(milliseconds(run), milliseconds(down), milliseconds(machine), gaps, rulings)


def _spans(part: Assignment, gaps: list[str], rulings: list[str]) -> tuple[list[Span], list[Span]]:
    """Everything that was down, and of it what the machine was; notes the rows."""
    down: list[Span] = []
    machine: list[Span] = []
    found = Gap.objects.filter(assignment=part, billed=False).exclude(kind=GapKind.AFTER_CLOSE)
    for gap in found.order_by("pk"):
        span = (gap.during.lower, gap.during.upper)
        if span[1] - span[0] <= SHORT_GAP:
            continue
        gaps.append(str(gap.public_id))
        down.append(span)
        if not OwnOutage.objects.filter(during__overlap=gap.during).exists():
            machine.append(span)
    for ruling in part.rulings.order_by("pk"):
        rulings.append(str(ruling.public_id))
        down.append((ruling.during.lower, ruling.during.upper))
    return down, machine


def to_give() -> QuerySet[SlaAssessment]:
    """Assessments that count and of which not all is given."""
    later = SlaAssessment.objects.filter(
        reservation=OuterRef("reservation"), revision__gt=OuterRef("revision")
    )
    given = (
        CreditLine.objects.filter(
            note__kind=CreditNote.Kind.SLA, line__reservation=OuterRef("reservation")
        )
        .values("line__reservation")
        .annotate(sum=Sum("amount_micro"))
        .values("sum")
    )
    rows = SlaAssessment.objects.filter(~Exists(later), credit_micro__gt=0)
    rows = rows.exclude(fault=Fault.RENTER).annotate(
        given=Coalesce(Subquery(given), Value(0), output_field=BigIntegerField())
    )
    return rows.filter(credit_micro__gt=F("given")).select_related("reservation").order_by("pk")


def give(*, assessment: SlaAssessment, at: datetime) -> list[CreditNote]:
    """Put what an assessment earns, less what was given before, on credit notes.

    A note refers to an invoice, so it waits until all of the reservation is invoiced.
    """
    with transaction.atomic():
        of = Reservation.objects.select_for_update(no_key=True).get(pk=assessment.reservation_id)
        row = to_give().filter(pk=assessment.pk).first()
        # a fee is for time that was given up: there is no downtime in it
        usage = InvoiceLine.objects.filter(reservation=of, rate__isnull=False)
        lines = usage.select_related("invoice__wallet")
        billed = lines.aggregate(sum=Sum("amount_micro"))["sum"] or 0
        if row is None or billed < row.charged_micro:
            return []
        left = row.credit_micro - vars(row)["given"]
        items = spread(list(lines.order_by("pk")), left)
        return [note for group in _by_invoice(items) for note in _note(row, group, at)]


def _by_invoice(items: Iterable[Item]) -> Iterable[tuple[Invoice, list[Item]]]:
    groups: dict[int, tuple[Invoice, list[Item]]] = {}
    for item in items:
        groups.setdefault(item.line.invoice_id, (item.line.invoice, []))[1].append(item)
    return groups.values()


def _note(
    row: SlaAssessment, group: tuple[Invoice, list[Item]], at: datetime
) -> Iterable[CreditNote]:
    invoice, items = group
    try:
        yield issue_credit_note(
            invoice=invoice,
            items=items,
            kind=CreditNote.Kind.SLA,
            reason=reason_of(row),
            fault=row.fault,
            key=f"sla:{row.reservation.public_id}:{row.revision}:{invoice.public_id}",
            by=None,
            at=at,
        )
    except BadCredit:
        return


def reason_of(row: SlaAssessment) -> str:
    """What the credit note prints."""
    return (
        f"Service credit: available {_percent(row.available_bps)} of the time, which earns"
        f" {_percent(row.credit_bps)} of what was charged. Time that was down"
        f" was not billed either. Assessment {row.public_id} lists the evidence."
    )


def _percent(bps: int) -> str:
    return f"{bps // 100}.{bps % 100:02d} %"
