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


@shared_task(name="marketplace.brokerage.tasks.interrupt_broken")
def interrupt_broken() -> None:
    """Sweep: reservations whose GPUs failed, or are about to start on one that is not well."""
    sweep(services.unfit(at=now()), lambda row: services.interrupt(reservation=row, at=now()))


@shared_task(name="marketplace.brokerage.tasks.mend_broken")
def mend_broken() -> None:
    """Sweep: machines that do not answer, before a start and while they should run."""
    related = ("reservation__offer__machine__site", "machine")
    sweep(
        services.broken(at=now()).select_related(*related),
        lambda row: services.replace(assignment=row, at=now()),
    )
    sweep(
        services.lost(at=now()).select_related(*related),
        lambda row: services.answer_loss(assignment=row, at=now()),
    )


@shared_task(name="marketplace.brokerage.tasks.take_payments")
def take_payments() -> None:
    """Sweep: bookings to be paid at their start, and those that wait for it."""
    _sweep(
        services.unpaid(at=now()),
        lambda row: services.take_payment(reservation=row, at=now()),
    )


@shared_task(name="marketplace.brokerage.tasks.serve_waiting")
def serve_waiting() -> None:
    """Sweep: those in line whose turn it is."""
    services.serve(at=now())


@shared_task(name="marketplace.brokerage.tasks.remind")
def remind() -> None:
    """Sweep: what begins or ends soon."""
    services.remind(at=now())


@shared_task(name="marketplace.brokerage.tasks.enforce_clearance")
def enforce_clearance() -> None:
    """Sweep: live and future reservations whose screening no longer stands."""
    _sweep(
        Reservation.objects.filter(state__in=SET_ASIDE),
        lambda row: services.enforce(reservation=row, at=now()),
    )


@shared_task(name="marketplace.brokerage.tasks.tally_keepings")
def tally_keepings() -> None:
    """Sweep: time for which workspaces are kept on machines that answer."""
    services.tally_keepings(at=now())


@shared_task(name="marketplace.brokerage.tasks.end_keepings")
def end_keepings() -> None:
    """Sweep: kept workspaces whose time is over, or that nobody has or may have any more."""
    sweep(
        services.keepings_to_end(at=now()).select_related("reservation__renter__party"),
        lambda row: services.end_keeping(keeping=row, at=now()),
    )


@shared_task(name="marketplace.brokerage.tasks.find_red_flags")
def find_red_flags() -> None:
    """Sweep: red flags in what renters asked for lately."""
    sweep(
        services.renters_to_look_at(at=now()),
        lambda row: services.look_at_orders(renter=row, at=now()),
    )


@shared_task(name="marketplace.brokerage.tasks.score_machines")
def score_machines() -> None:
    """Sweep: machines that have no score for today yet."""
    services.score_machines(at=now())


@shared_task(name="marketplace.brokerage.tasks.audit_states")
def audit_states() -> None:
    """Sweep: states that do not go together. Says so and mends nothing: a person has to look."""
    for fault in services.illegal(since=now() - services.LOOK_BACK):
        log.error("%s", fault)


@shared_task(name="marketplace.brokerage.tasks.find_drift")
def find_drift() -> None:
    """Sweep: where rows and what machines report differ. Writes findings and mends nothing."""
    services.find_drift(at=now())
