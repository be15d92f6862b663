"""Rentals that run until they are stopped: booked a little ahead, and moved on by a sweep.

The sweep is billing's, since who moves an end must hold what was agreed there.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from compliance import services as compliance
from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.brokerage.models import (
    ROLLING,
    Notice,
    Reservation,
    ReservationQuerySet,
    RollRefusal,
)
from marketplace.catalog.states import OfferState
from marketplace.core import changes
from marketplace.core.states import IllegalMove
from marketplace.ledger import services as ledger

from .brokering import NotCleared, NotClearedNow
from .changing import BOOKED, WindowTaken
from .fees import is_down
from .telling import tell_noticed
from .windows import roll_step


class NotRolled(Exception):
    """It is not moved on, for a reason that no broker gives."""

    def __init__(self, why: RollRefusal) -> None:
        super().__init__(why.label)
        self.why = why


#: what may be refused, the more particular first; all of it may be granted at the next try
WHY: Final[tuple[tuple[type[Exception], RollRefusal], ...]] = (
    (WindowTaken, RollRefusal.TAKEN),
    (NotClearedNow, RollRefusal.STALE),
    (NotCleared, RollRefusal.UNCLEARED),
    (compliance.LicenceSpent, RollRefusal.UNCLEARED),
    (ledger.WalletFrozen, RollRefusal.FROZEN),
    (ledger.InsufficientFunds, RollRefusal.MONEY),
    (IllegalMove, RollRefusal.PART),
)
ROLL_REFUSALS: Final[tuple[type[Exception], ...]] = (NotRolled, *(error for error, _ in WHY))


def due_to_roll(*, at: datetime) -> ReservationQuerySet:
    """What runs until it is stopped, and is booked for no more than a step from now.

    Not what has yet to begin: what never starts ends with its first window, as ever.
    """
    window = {"during__endswith__gt": at, "during__endswith__lte": at + roll_step()}
    return Reservation.objects.filter(ROLLING, **window).order_by("pk")


def next_end(*, reservation: Reservation) -> datetime:
    """Where its end moves to: the same for whoever asks, until it has moved. Raises NotRolled."""
    offer, end = reservation.offer, reservation.during.upper
    if offer.state != OfferState.LISTED:
        raise NotRolled(RollRefusal.WITHDRAWN)
    if is_down(reservation):
        raise NotRolled(RollRefusal.LOST)
    until: datetime = end + roll_step()
    if offer.max_window_s is not None:
        last = reservation.during.lower + timedelta(seconds=offer.max_window_s)
        until = min(until, last)
    if until <= end:
        raise NotRolled(RollRefusal.LONGEST)
    return until


def why_not_rolled(error: Exception) -> RollRefusal:
    """One of ROLL_REFUSALS as it is kept."""
    if isinstance(error, NotRolled):
        return error.why
    return next(why for kind, why in WHY if isinstance(error, kind))


def note_not_rolled(*, reservation: Reservation, why: RollRefusal, at: datetime) -> None:
    """Keep why it could not be moved on, and tell its renter, once for each end.

    Does nothing where it has moved, ended or been switched off since it was read.
    """
    end = reservation.during.upper
    with transaction.atomic():
        rows = Reservation.objects.select_for_update(no_key=True, of=("self",))
        row = rows.filter(ROLLING, pk=reservation.pk, during__endswith=end).first()
        if row is None:
            return
        if row.roll_refused != why:
            Reservation.objects.filter(pk=row.pk).update(roll_refused=why)
            changes.after_commit(row)
        told, new = Notice.objects.get_or_create(
            reservation=row,
            kind=Notice.Kind.NOT_ROLLED,
            about=end,
            defaults={"noted_at": at, "created_at": at},
        )
        if new:
            tell_noticed(noticed=[told], at=at)


def roll_on(*, reservation: Reservation, on: bool, by: User | None, at: datetime) -> None:
    """Let it go on until it is stopped, or end where it ends now. Again is the same as once.

    Raises IllegalMove where it was booked for a fixed time, or is over: what it was asked for as
    decides what giving it up costs.
    """
    with transaction.atomic():
        rows = Reservation.objects.select_for_update(no_key=True, of=("self",))
        row = rows.get(pk=reservation.pk)
        if not row.rolling or row.state not in BOOKED or row.during.upper <= at:
            raise IllegalMove(f"{row} is not booked until it is stopped, or is over")
        if row.rolls_on == on:
            return
        Reservation.objects.filter(pk=row.pk).update(rolls_on=on, roll_refused="")
        trail(verb="let roll on" if on else "let end", subject=row, by=by, at=at)
        changes.after_commit(row)
