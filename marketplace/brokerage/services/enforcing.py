"""Screening does not stop at the booking: what no longer stands is ended."""

from datetime import datetime

from django.db import transaction

from compliance.models import Outcome
from marketplace.brokerage.models import Reservation
from marketplace.brokerage.states import State

from .brokering import cancel_uncleared, standing
from .kept import drop_wanted
from .running import end

WITHDRAWN = "not available to your organisation"


def enforce(*, reservation: Reservation, at: datetime) -> None:
    """Ask compliance again when the decision a live reservation rests on no longer stands.

    A temporary refusal (a list grew stale) stops everything new but does not end what runs; any
    other refusal ends it, and nothing of it is kept.
    """
    decision = standing(reservation, at)
    if decision.permits or decision.outcome == Outcome.DENY_TEMPORARY:
        return
    if reservation.state == State.ACTIVE:
        with transaction.atomic():
            end(reservation=reservation, reason=WITHDRAWN, at=at, decision=decision)
            drop_wanted(reservation=reservation, at=at)
    else:
        cancel_uncleared(reservation, decision, at)
