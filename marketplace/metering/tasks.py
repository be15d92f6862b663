import logging

from celery import shared_task
from django.utils.timezone import now

from marketplace.brokerage.models import Reservation
from marketplace.brokerage.states import State

from . import services

log = logging.getLogger(__name__)


@shared_task(name="marketplace.metering.tasks.seal_running")
def seal_running() -> None:
    """Sweep: seal what arrived for every reservation that runs or waits to be settled."""
    for reservation in Reservation.objects.filter(state__in=[State.ACTIVE, State.ENDED]):
        try:
            services.seal(reservation=reservation, at=now())
        except Exception:
            log.exception("could not seal %s", reservation)
