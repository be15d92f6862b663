from collections.abc import Callable

from celery import shared_task
from django.utils.timezone import now

from marketplace.core.sweeps import sweep

from . import services
from .models import Reservation, ReservationQuerySet
from .states import SET_ASIDE, State


@shared_task(name="marketplace.brokerage.tasks.broker")
def broker(*, reservation_id: int) -> None:
    """The hint sent when a reservation is requested; broker_open finds the same work without it."""
    services.broker(reservation=Reservation.objects.get(pk=reservation_id), at=now())


def _sweep(rows: ReservationQuerySet, verb: Callable[[Reservation], None]) -> None:
    sweep(rows.select_related("offer__machine__site", "renter__party", "decision"), verb)


@shared_task(name="marketplace.brokerage.tasks.broker_open")
def broker_open() -> None:
    """Sweep: every reservation the broker still has a step to take on."""
    waiting = Reservation.objects.filter(state=State.HELD, auto_confirm=True)
    _sweep(
        Reservation.objects.open() | waiting,
        lambda row: services.broker(reservation=row, at=now()),
    )


@shared_task(name="marketplace.brokerage.tasks.expire_overdue")
def expire_overdue() -> None:
    """Sweep: holds nobody confirmed. Safe to run twice, late, or in parallel."""
    _sweep(
        Reservation.objects.overdue(at=now()),
        lambda row: services.expire(reservation=row, at=now()),
    )


@shared_task(name="marketplace.brokerage.tasks.end_due")
def end_due() -> None:
    """Sweep: booked or running reservations whose window is over."""
    _sweep(
        Reservation.objects.over(at=now()),
        lambda row: services.end_due(reservation=row, at=now()),
    )


@shared_task(name="marketplace.brokerage.tasks.enforce_clearance")
def enforce_clearance() -> None:
    """Sweep: live and future reservations whose screening no longer stands."""
    _sweep(
        Reservation.objects.filter(state__in=SET_ASIDE),
        lambda row: services.enforce(reservation=row, at=now()),
    )


@shared_task(name="marketplace.brokerage.tasks.find_red_flags")
def find_red_flags() -> None:
    """Sweep: red flags in what renters asked for lately."""
    sweep(
        services.renters_to_look_at(at=now()),
        lambda row: services.look_at_orders(renter=row, at=now()),
    )
