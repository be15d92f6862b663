"""Undoing: GPUs, what was drawn on a licence and money go back together or not at all."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from compliance import services as compliance
from compliance.models import Decision
from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.brokerage.models import Assignment, Lease, Reservation
from marketplace.brokerage.states import LIVE, MOVES, LeaseState, State
from marketplace.core.states import move
from marketplace.ledger import services as ledger


def give_back(
    reservation: Reservation, to: State, *, reason: str, at: datetime, **also: Decision
) -> None:
    """Leave a reservation that never ran: release its GPUs, its licence and the whole hold.

    `also` is the decision that ended it, if one did: it goes in with the move, because nothing may
    be held on a decision that does not allow it.
    """
    with transaction.atomic():
        move(reservation, to, table=MOVES, reason=reason, ended_at=at, hold_expires_at=None, **also)
        Lease.objects.filter(assignment__reservation=reservation, state__in=LIVE).update(
            state=LeaseState.RELEASED
        )
        Assignment.objects.filter(reservation=reservation).update(generation=F("generation") + 1)
        compliance.put_back(rental=reservation.public_id, until=reservation.during.lower, at=at)
        if reservation.hold is not None:
            ledger.release_hold(hold=reservation.hold)


def cancel(*, reservation: Reservation, by: User | None, at: datetime) -> None:
    """Cancel before it began: free, everything goes back. Raises IllegalMove once it runs."""
    give_back(reservation, State.CANCELLED, reason="cancelled by the renter", at=at)
    trail(verb="cancelled", subject=reservation, by=by, at=at)
