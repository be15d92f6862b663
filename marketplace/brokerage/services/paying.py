"""Bookings that are paid at the start: the rest is taken before they run, or they do not run."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from compliance.models import Outcome
from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.brokerage.models import Notice, Reservation, ReservationQuerySet
from marketplace.brokerage.states import MOVES, State
from marketplace.core import changes
from marketplace.core.idempotency import digest
from marketplace.core.states import IllegalMove, move
from marketplace.ledger import services as ledger

from .brokering import NotCleared, NotClearedNow, cancel_uncleared, standing
from .fees import fee_micro
from .giving_back import Kind, give_back, given_up, lock_fresh
from .holding import hold_more
from .telling import tell_noticed
from .windows import PAID_AHEAD

UNPAID = "it was not paid in time"


class PaymentLate(Exception):
    """The time to pay is over; the booking ends."""


def unpaid(*, at: datetime) -> ReservationQuerySet:
    """What is to be paid by now, and what is waited for."""
    soon = Q(state=State.CONFIRMED, due_micro__gt=0, during__startswith__lte=at + PAID_AHEAD)
    return Reservation.objects.filter(soon | Q(state=State.PAYMENT_DUE)).order_by("pk")


def pay(*, reservation: Reservation, by: User | None, at: datetime) -> None:
    """Set the rest of the cost aside, at any time until `pay_by`; then it may run.

    Raises IllegalMove (nothing is due), PaymentLate, InsufficientFunds, NotClearedNow and
    LostRace; then nothing was changed. NotCleared: it is cancelled, and the deposit went back.
    """
    if not reservation.due_micro or reservation.state not in (State.CONFIRMED, State.PAYMENT_DUE):
        raise IllegalMove(f"{reservation} has nothing left to pay")
    _screened(reservation, at)
    with transaction.atomic():
        lock_fresh(reservation)
        if reservation.pay_by is not None and reservation.pay_by <= at:
            raise PaymentLate("the time to pay is over")
        if not reservation.due_micro:
            raise IllegalMove(f"{reservation} has nothing left to pay")
        paid = reservation.due_micro
        hold_more(reservation=reservation, lacking_micro=paid)
        if reservation.state == State.PAYMENT_DUE:
            facts = {"due_micro": 0, "pay_by": None, "booked_at": at}
            move(reservation, State.CONFIRMED, table=MOVES, **facts)
        else:
            Reservation.objects.filter(pk=reservation.pk).update(due_micro=0)
            reservation.due_micro = 0
            changes.after_commit(reservation)
        trail(verb="paid the rest", subject=reservation, by=by, at=at, micro=str(paid))


def take_payment(*, reservation: Reservation, at: datetime) -> None:
    """Take the rest from the wallet; what cannot be taken is waited for, and then ends.

    While a list is stale nothing is taken and nothing lost.
    """
    if reservation.pay_by is not None and reservation.pay_by <= at:
        end_unpaid(reservation=reservation, at=at)
        return
    try:
        pay(reservation=reservation, by=None, at=at)
    except ledger.InsufficientFunds:
        if reservation.state == State.CONFIRMED:
            _fall_due(reservation, at)
    except NotCleared:
        return


def end_unpaid(*, reservation: Reservation, at: datetime) -> None:
    """End what was not paid by its time, for the fee of its schedule at that time.

    Nothing is owed when screening would not have let it be paid.
    """
    try:
        _screened(reservation, at)
    except NotClearedNow:
        payable = False
    except NotCleared:
        return
    else:
        payable = True
    with transaction.atomic():
        lock_fresh(reservation)
        moment = reservation.pay_by
        if moment is None or moment > at:
            return
        start = reservation.during.lower
        fee = fee_micro(reservation=reservation, until=start, at=moment) if payable else 0
        content = digest({"kind": "unpaid"})
        owed = given_up(reservation, Kind.CANCELLED, fee, "", content, None, moment)
        give_back(reservation, State.CANCELLED, reason=UNPAID, at=at, owed=owed)
        trail(verb="ended unpaid", subject=reservation, by=None, at=at)


def _screened(reservation: Reservation, at: datetime) -> None:
    """Raise NotClearedNow, or NotCleared with what was set aside given back."""
    decision = standing(reservation, at)
    if decision.outcome == Outcome.DENY_TEMPORARY:
        raise NotClearedNow("not available at the moment; it stays as it is, pay later")
    if not decision.permits:
        cancel_uncleared(reservation, decision, at)
        raise NotCleared("not available to your organisation")


def _fall_due(reservation: Reservation, at: datetime) -> None:
    with transaction.atomic():
        lock_fresh(reservation)
        window = reservation.during
        begin = max(window.lower, at)
        grace = timedelta(minutes=settings.PAYMENT_DUE_MINUTES)
        until = min(begin + grace, begin + (window.upper - begin) / 2)
        move(reservation, State.PAYMENT_DUE, table=MOVES, pay_by=until, booked_at=at)
        noticed = Notice.objects.create(
            reservation=reservation,
            kind=Notice.Kind.PAYMENT_DUE,
            about=until,
            noted_at=at,
            created_at=at,
        )
        tell_noticed(noticed=[noticed], at=at)
