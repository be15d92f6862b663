"""Screening does not stop at the booking: what no longer stands is ended."""

from datetime import datetime

from compliance import services as compliance
from compliance.models import Outcome
from marketplace.brokerage.models import Reservation
from marketplace.brokerage.states import State

from .brokering import cancel_uncleared, screen
from .running import end

WITHDRAWN = "not available to your organisation"


def enforce(*, reservation: Reservation, at: datetime) -> None:
    """Ask compliance again when the decision a live reservation rests on no longer stands.

    A temporary refusal (a list grew stale) stops everything new but does not end what runs; any
    other refusal ends it.
    """
    if reservation.decision and compliance.still_valid(decision=reservation.decision, at=at):
        return
    fresh = screen(reservation, at)
    if fresh.outcome == Outcome.DENY_TEMPORARY:
        return
    Reservation.objects.filter(pk=reservation.pk).update(decision=fresh)
    if fresh.outcome == Outcome.ALLOW:
        return
    if reservation.state == State.ACTIVE:
        end(reservation=reservation, reason=WITHDRAWN, at=at)
    else:
        cancel_uncleared(reservation, at)
