"""What people put on record: time that is not billed, and time in which we were down ourselves."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from psycopg.types.range import TimestamptzRange

from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.brokerage.models import Assignment, Reservation
from marketplace.core.moments import TICK
from marketplace.metering.models import Closing, OutageRuling, OwnOutage

MAX_REASON = 500


class BadRuling(ValueError):
    """A ruling that cannot stand; the text says why."""


def rule_outage(
    *,
    assignment: Assignment,
    start: datetime,
    end: datetime,
    reason: str,
    by: User,
    at: datetime,
) -> OutageRuling:
    """Take [start, end) of an assignment out of billing, for ever.

    What was charged for it is given back when billing next looks. Raises BadRuling.
    """
    require_ruling(assignment=assignment, start=start, end=end, reason=reason, at=at)
    with transaction.atomic():
        # whoever makes a statement of the reservation holds it too
        Reservation.objects.select_for_update(no_key=True).get(pk=assignment.reservation_id)
        at = _after_close(assignment, at)
        ruling = OutageRuling.objects.create(
            assignment=assignment,
            during=TimestamptzRange(start, end),
            reason=reason.strip(),
            ruled_by=by,
            ruled_at=at,
            created_at=at,
        )
        trail(verb="ruled an outage", subject=ruling, by=by, at=at, reason=reason.strip())
    return ruling


def _after_close(assignment: Assignment, at: datetime) -> datetime:
    """What waited for the settlement, or has a clock behind it, was ruled after it all the same."""
    rows = Closing.objects.filter(assignment__reservation=assignment.reservation_id)
    closed = rows.aggregate(last=Max("closed_at"))["last"]
    return max(at, closed + TICK) if closed else at


def require_ruling(
    *, assignment: Assignment, start: datetime, end: datetime, reason: str, at: datetime
) -> None:
    """Raises BadRuling when rule_outage would."""
    require_outage(start=start, end=end, reason=reason, at=at)
    window = assignment.reservation.during
    if end <= window.lower or start >= window.upper:
        raise BadRuling("the time lies outside the reservation")


def record_own_outage(
    *, start: datetime, end: datetime, reason: str, by: User, at: datetime
) -> OwnOutage:
    """Note that the marketplace took no usage in [start, end). Raises BadRuling."""
    require_outage(start=start, end=end, reason=reason, at=at)
    with transaction.atomic():
        outage = OwnOutage.objects.create(
            during=TimestamptzRange(start, end),
            reason=reason.strip(),
            recorded_by=by,
            recorded_at=at,
            created_at=at,
        )
        trail(verb="recorded own outage", subject=outage, by=by, at=at, reason=reason.strip())
    return outage


def require_outage(*, start: datetime, end: datetime, reason: str, at: datetime) -> None:
    """Raises BadRuling when record_own_outage would."""
    if end <= start:
        raise BadRuling("it must end after it starts")
    if end > at:
        raise BadRuling("it cannot reach into the future")
    if not 0 < len(reason.strip()) <= MAX_REASON:
        raise BadRuling(f"give the reason in 1 to {MAX_REASON} characters; it is kept for ever")
