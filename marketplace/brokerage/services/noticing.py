"""Renters are told in time of what begins or ends."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from marketplace.brokerage.models import Notice, Reservation
from marketplace.brokerage.states import State

from .telling import tell_noticed

#: so long before a start or an end it is told, where the booking is at least twice as long
LEADS = (timedelta(hours=24), timedelta(hours=1), timedelta(minutes=10))


class Due(NamedTuple):
    """A reminder whose time has come."""

    kind: Notice.Kind
    about: datetime
    lead: timedelta


def remind(*, at: datetime) -> int:
    """Note and tell what is about to begin or end, each once; returns how many are new."""
    horizon = at + LEADS[0]
    soon = Q(state=State.CONFIRMED, during__startswith__gt=at, during__startswith__lte=horizon) | Q(
        state__in=[State.CONFIRMED, State.ACTIVE],
        during__endswith__gt=at,
        during__endswith__lte=horizon,
    )
    rows = [
        Notice(
            reservation=row,
            kind=due.kind,
            about=due.about,
            lead_s=int(due.lead.total_seconds()),
            noted_at=at,
            created_at=at,
        )
        for row in Reservation.objects.filter(soon).order_by("pk")
        for due in due_of(row, at)
    ]
    known = set(
        Notice.objects.filter(reservation__in=[row.reservation_id for row in rows]).values_list(
            "reservation", "kind", "about", "lead_s"
        )
    )
    new = [
        row for row in rows if (row.reservation_id, row.kind, row.about, row.lead_s) not in known
    ]
    with transaction.atomic():
        Notice.objects.bulk_create(new, ignore_conflicts=True)
        tell_noticed(noticed=new, at=at)
    return len(new)


def due_of(row: Reservation, at: datetime) -> Iterator[Due]:
    """What is to be told now: of each event only the latest lead that has been reached.

    The end of what rolls on is none. Where it was refused that was told, and is once more, at last.
    """
    start, end = row.during.lower, row.during.upper
    if row.state == State.CONFIRMED and start > at:
        yield from _latest(Notice.Kind.STARTS, start, start - row.created_at, at)
    if not row.rolls_on:
        yield from _latest(Notice.Kind.ENDS, end, end - start, at)
    elif row.roll_refused:
        yield from _latest(Notice.Kind.ENDS, end, end - start, at, LEADS[-1:])


def _latest(
    kind: Notice.Kind,
    about: datetime,
    span: timedelta,
    at: datetime,
    leads: Sequence[timedelta] = LEADS,
) -> Iterator[Due]:
    reached = [lead for lead in leads if about - lead <= at < about and 2 * lead <= span]
    if reached:
        yield Due(kind, about, min(reached))
