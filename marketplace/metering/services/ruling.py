"""What people put on record: time that is not billed, and time in which we were down ourselves."""

from datetime import datetime

from django.db import transaction
from psycopg.types.range import TimestamptzRange

from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.brokerage.models import Assignment
from marketplace.metering.models import OutageRuling, OwnOutage

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
    _require_span(start, end, at)
    window = assignment.reservation.during
    if end <= window.lower or start >= window.upper:
        raise BadRuling("the time lies outside the reservation")
    _require_reason(reason)
    with transaction.atomic():
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


def record_own_outage(
    *, start: datetime, end: datetime, reason: str, by: User, at: datetime
) -> OwnOutage:
    """Note that the marketplace took no usage in [start, end). Raises BadRuling."""
    _require_span(start, end, at)
    _require_reason(reason)
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


def _require_span(start: datetime, end: datetime, at: datetime) -> None:
    if end <= start:
        raise BadRuling("it must end after it starts")
    if end > at:
        raise BadRuling("it cannot reach into the future")


def _require_reason(reason: str) -> None:
    if not 0 < len(reason.strip()) <= MAX_REASON:
        raise BadRuling(f"give the reason in 1 to {MAX_REASON} characters; it is kept for ever")
