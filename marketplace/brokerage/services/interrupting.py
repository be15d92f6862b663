"""GPUs that broke: what runs on them is interrupted, what was to start on them costs nothing."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from marketplace.brokerage.models import Lease, Reservation, ReservationQuerySet
from marketplace.brokerage.states import LeaseState, State
from marketplace.catalog.health.rules import shipped
from marketplace.catalog.models import Gpu
from marketplace.catalog.states import Health

from .failures import Failure, note_failure
from .giving_back import give_back
from .running import LAST_LOOK, end


def unfit(*, at: datetime) -> ReservationQuerySet:
    """Reservations that run on a failed GPU, or start within minutes on one that is not well."""
    ill = Lease.objects.live().filter(gpu__in=Gpu.objects.exclude(health=Health.OK))
    failed = ill.filter(state=LeaseState.ACTIVE, gpu__health=Health.FAILED)
    soon = Q(state=State.CONFIRMED, during__startswith__lte=at + LAST_LOOK)
    return Reservation.objects.filter(
        Q(state=State.ACTIVE, pk__in=failed.values("assignment__reservation"))
        | soon & Q(pk__in=ill.values("assignment__reservation"))
    )


def interrupt(*, reservation: Reservation, at: datetime) -> None:
    """End one that runs, billed up to the last look that found its GPUs well; fail one that did
    not begin, which costs nothing. Does nothing when its GPUs are well again.
    """
    if reservation.state == State.ACTIVE:
        worst = _first(reservation, health=Health.FAILED)
        if worst is not None and worst.fault_since is not None:
            moment = max(reservation.during.lower, min(worst.fault_since, at))
            with transaction.atomic():
                end(reservation=reservation, reason=f"interrupted: {_why(worst)}", at=moment)
                _note(reservation, worst, at)
    elif reservation.state == State.CONFIRMED:
        worst = _first(reservation)
        if worst is not None:
            with transaction.atomic():
                reason = f"not started: {_why(worst)}"
                give_back(reservation, State.FAILED, reason=reason, at=at)
                _note(reservation, worst, at)


def _note(reservation: Reservation, worst: Gpu, at: datetime) -> None:
    for part in reservation.assignments.wanted().filter(machine=worst.machine_id):
        note_failure(part, Failure.BROKEN, at)


def _first(reservation: Reservation, **which: str) -> Gpu | None:
    """Of the GPUs of its live leases that are not well, the one that broke first."""
    ours = Lease.objects.live().filter(assignment__reservation=reservation).values("gpu")
    rows = Gpu.objects.filter(pk__in=ours, **which).exclude(health=Health.OK)
    return rows.order_by("fault_since", "pk").first()


def _why(gpu: Gpu) -> str:
    rule = shipped().named(gpu.fault)
    number = gpu.fault.removeprefix("xid-")
    code = f" (XID {number})" if number.isdecimal() else ""
    return f"a GPU is out of order, {rule.says if rule else gpu.fault}{code}"[:250]
