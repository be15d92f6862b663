"""The order of what was done to a reservation, also where the clocks of two servers disagree."""

from datetime import datetime

from django.db.models import Max

from marketplace.billing.models import Charge, UsageStatement
from marketplace.brokerage.models import Lease, Reservation
from marketplace.core.moments import TICK
from marketplace.metering.models import OutageRuling


def in_order(*, reservation: Reservation, at: datetime) -> datetime:
    """`at`, unless what was done before bears a later moment: then that one.

    Statements tell by moments what they know and what came after them, so it comes after every
    statement. The caller holds the lock on the reservation; its leases are locked here, so that no
    charge is on its way.
    """
    leases = Lease.objects.filter(assignment__reservation=reservation)
    list(leases.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    charges = Charge.objects.filter(lease__in=leases).aggregate(last=Max("charged_at"))
    rates = reservation.rates.aggregate(last=Max("opened_at"))
    rulings = OutageRuling.objects.filter(assignment__reservation=reservation)
    noted: list[datetime | None] = [
        charges["last"],
        rates["last"],
        rulings.aggregate(last=Max("ruled_at"))["last"],
    ]
    known = UsageStatement.objects.filter(reservation=reservation)
    if told := known.aggregate(last=Max("made_at"))["last"]:
        noted.append(told + TICK)
    return max(moment for moment in (at, *noted) if moment)
