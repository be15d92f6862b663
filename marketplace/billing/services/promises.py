"""What is promised about availability, and whose fault downtime was: put on record by staff."""

from datetime import datetime

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.billing.models import CreditNote, Fault, FaultRuling, SlaTier
from marketplace.brokerage.models import Reservation

MAX_REASON = 500


class BadFaultRuling(ValueError):
    """A ruling of fault that cannot stand; the text says why."""


def record_tier(*, below_bps: int, credit_bps: int, by: User, at: datetime) -> SlaTier:
    """Promise this from now on, for what is asked for from now on; a credit of 0 ends it."""
    with transaction.atomic():
        made = SlaTier.objects.create(
            below_bps=below_bps,
            credit_bps=credit_bps,
            since=at,
            recorded_by=by,
            recorded_at=at,
            created_at=at,
        )
        trail(verb="recorded an SLA tier", subject=made, by=by, at=at)
    return made


def schedule(*, at: datetime) -> list[SlaTier]:
    """What is promised for reservations asked for at this moment, best availability first."""
    latest: dict[int, SlaTier] = {}
    for row in SlaTier.objects.filter(since__lte=at).order_by("since", "pk"):
        latest[row.below_bps] = row
    tiers = (row for row in latest.values() if row.credit_bps)
    return sorted(tiers, key=lambda row: row.below_bps, reverse=True)


def rule_fault(
    *, reservation: Reservation, fault: str, reason: str, by: User, at: datetime
) -> FaultRuling:
    """Say whose fault downtime was; counts for credits that are not given yet.

    Raises BadFaultRuling.
    """
    require_fault_ruling(reservation=reservation, fault=fault, reason=reason)
    with transaction.atomic():
        Reservation.objects.select_for_update(no_key=True).get(pk=reservation.pk)
        made = FaultRuling.objects.create(
            reservation=reservation,
            fault=fault,
            reason=reason.strip(),
            ruled_by=by,
            ruled_at=at,
            created_at=at,
        )
        trail(verb="ruled a fault", subject=made, by=by, at=at, reason=reason.strip())
    return made


def require_fault_ruling(*, reservation: Reservation, fault: str, reason: str) -> None:
    """Raises BadFaultRuling when rule_fault would."""
    if fault not in Fault.values:
        raise BadFaultRuling(f"the fault is one of {', '.join(Fault.values)}")
    if not 0 < len(reason.strip()) <= MAX_REASON:
        raise BadFaultRuling(f"give the reason in 1 to {MAX_REASON} characters; both sides see it")
    if CreditNote.objects.filter(
        kind=CreditNote.Kind.SLA, lines__line__reservation=reservation
    ).exists():
        raise BadFaultRuling("the credit is given already; a credit note is not changed")
