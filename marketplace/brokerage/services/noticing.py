"""Renters are told in time of what begins or ends."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from marketplace.brokerage.keepings import KeepingState
from marketplace.brokerage.models import Keeping, Notice, Reservation
from marketplace.brokerage.states import NEVER_RAN, State

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
    rows += _about_to_be_wiped(at)
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


def _about_to_be_wiped(at: datetime) -> Iterator[Notice]:
    """Of kept workspaces: a day before, or in the middle of their time where that is shorter.

    Not where a rental is booked that goes on with it.
    """
    soon = Keeping.objects.filter(
        state=KeepingState.KEPT, until__gt=at, until__lte=at + LEADS[0]
    ).exclude(resumed_by__in=Reservation.objects.exclude(state__in=NEVER_RAN))
    for row in soon.select_related("reservation").order_by("pk"):
        lead = min(LEADS[0], row.length / 2)
        if row.until is not None and row.until - lead <= at:
            yield _of_keeping(row, Notice.Kind.WIPES, row.until, at, lead)


def _of_keeping(
    row: Keeping, kind: Notice.Kind, about: datetime, at: datetime, lead: timedelta = timedelta(0)
) -> Notice:
    return Notice(
        reservation=row.reservation,
        kind=kind,
        about=about,
        lead_s=int(lead.total_seconds()),
        noted_at=at,
        created_at=at,
    )


def note_keeping(*, keeping: Keeping, at: datetime) -> None:
    """Note and tell that a workspace is kept now, or no longer; in the transaction that moved it"""
    if keeping.ended_at is not None:
        told = _of_keeping(keeping, Notice.Kind.KEPT_NO_MORE, keeping.ended_at, at)
    elif keeping.until is not None:
        told = _of_keeping(keeping, Notice.Kind.KEPT, keeping.until, at)
    else:
        return
    Notice.objects.bulk_create([told], ignore_conflicts=True)
    tell_noticed(noticed=[told], at=at)
