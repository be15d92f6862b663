import logging
from collections.abc import Callable

from celery import shared_task
from django.utils.timezone import now

from marketplace.core.sweeps import sweep

from . import services
from .models import Reservation, ReservationQuerySet
from .states import SET_ASIDE

log = logging.getLogger(__name__)


def _sweep(rows: ReservationQuerySet, verb: Callable[[Reservation], None]) -> None:
    sweep(rows.select_related("offer__machine__site", "renter__party", "decision"), verb)


@shared_task(name="marketplace.brokerage.tasks.broker_open")
def broker_open() -> None:
    """Every reservation the broker still has a step to take on: a sweep, and the hint's task."""
    services.broker_open(at=now())


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


@shared_task(name="marketplace.brokerage.tasks.audit_states")
def audit_states() -> None:
    """Sweep: states that do not go together. Says so and mends nothing: a person has to look."""
    for fault in services.illegal(since=now() - services.LOOK_BACK):
        log.error("%s", fault)
