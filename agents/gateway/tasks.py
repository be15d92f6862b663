from celery import shared_task
from django.utils.timezone import now

from . import services


@shared_task(name="agents.gateway.tasks.follow")
def follow() -> None:
    """Sweep, each second: nodes whose wishes changed are told."""
    services.follow(at=now())


@shared_task(name="agents.gateway.tasks.tend")
def tend() -> None:
    """Sweep: nodes that were shut out lose the short way; beats are as far apart as need be."""
    services.tend(at=now())


@shared_task(name="agents.gateway.tasks.roll_up")
def roll_up() -> None:
    """Sweep: the numbers of heartbeats, from Redis, in bulk."""
    services.roll_up(at=now())
