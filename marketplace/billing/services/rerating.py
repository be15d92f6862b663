"""Rulings that came after the charge: the difference is given back, nothing is edited."""

from datetime import datetime

from django.db import transaction

from marketplace.billing.models import Rerating
from marketplace.brokerage.models import Reservation
from marketplace.brokerage.states import State
from marketplace.metering.models import OutageRuling

from . import statements
from .charging import charge
from .ordering import in_order


def rerate(*, ruling: OutageRuling, at: datetime) -> Rerating:
    """Bring a ruling into the books, once: a correcting charge, and a new statement if settled."""
    with transaction.atomic():
        reservation = (
            Reservation.objects.select_for_update(no_key=True, of=("self",))
            .select_related("renter")  # a joined hold would be that of before the lock
            .get(assignments=ruling.assignment_id)
        )
        known = Rerating.objects.filter(ruling=ruling).first()
        if known:
            return known
        at = in_order(reservation=reservation, at=at)
        amount = charge(reservation=reservation, at=at)
        if reservation.state == State.SETTLED:
            statements.record(reservation=reservation, at=at)
        return Rerating.objects.create(
            ruling=ruling, amount_micro=amount, rated_at=at, created_at=at
        )
