"""The end of a rental: the last charge, the rest of the hold given back, what it cost."""

from datetime import datetime

from django.db import transaction

from marketplace.billing.models import CostLine, CostStatement
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Reservation
from marketplace.brokerage.states import State
from marketplace.ledger import services as ledger
from marketplace.metering import services as metering

from . import statements
from .charging import charge
from .ordering import in_order
from .standing import rated


def settle(*, reservation: Reservation, at: datetime) -> CostStatement | None:
    """Settle an ended reservation whose usage is complete, all in one transaction.

    Returns its cost statement, the one made before if it was settled already, and None while usage
    may still arrive or the reservation has not ended.
    """
    with transaction.atomic():
        row = (
            Reservation.objects.select_for_update(no_key=True, of=("self",))
            .select_related("renter", "offer__chip")  # a joined hold would be that of before
            .get(pk=reservation.pk)
        )
        if row.state == State.SETTLED:
            return CostStatement.objects.get(reservation=row)
        if row.state != State.ENDED or not metering.is_complete(reservation=row, at=at):
            return None
        at = in_order(reservation=row, at=at)
        metering.close(reservation=row, at=at)
        charge(reservation=row, at=at)
        assert row.hold is not None  # noqa: S101  the database's constraint says so
        ledger.release_hold(hold=row.hold)
        cost = _record(row, at)
        statements.record(reservation=row, at=at)
        brokerage.settled(reservation=row, at=at)
    return cost


def _record(reservation: Reservation, at: datetime) -> CostStatement:
    leases = Lease.objects.filter(assignment__reservation=reservation, started_at__isnull=False)
    by_id = {lease.pk: lease for lease in leases.select_related("gpu")}
    rows = [row for row in rated(leases=by_id) if row.at.in_force]
    cost = CostStatement.objects.create(
        reservation=reservation,
        organisation=reservation.renter,
        total_micro=sum(row.at.charged_micro for row in rows),
        currency=reservation.currency,
        issued_at=at,
        created_at=at,
    )
    CostLine.objects.bulk_create(
        CostLine(
            statement=cost,
            lease=by_id[row.at.lease],
            rate_id=row.at.rate,
            description=f"{reservation.offer.chip} {by_id[row.at.lease].gpu.uuid}",
            covered_ms=row.billed_ms,
            price_micro_per_gpu_hour=row.at.price_micro_per_hour,
            amount_micro=row.at.charged_micro,
        )
        for row in rows
    )
    return cost
