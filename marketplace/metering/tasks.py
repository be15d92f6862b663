from celery import shared_task
from django.utils.timezone import now

from marketplace.brokerage.models import Reservation
from marketplace.brokerage.states import State
from marketplace.core.sweeps import sweep

from . import services


@shared_task(name="marketplace.metering.tasks.seal_running")
def seal_running() -> None:
    """Sweep: seal what arrived for every reservation that runs or waits to be settled."""
    sweep(
        Reservation.objects.filter(state__in=[State.ACTIVE, State.ENDED]),
        lambda row: services.seal(reservation=row, at=now()),
    )
