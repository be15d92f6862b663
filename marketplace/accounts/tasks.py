from celery import shared_task
from django.utils.timezone import now

from . import red_flags, sightings


@shared_task(name="marketplace.accounts.tasks.keep_sightings")
def keep_sightings() -> None:
    """Sweep: where requests came from, out of Redis into rows."""
    sightings.keep(at=now())


@shared_task(name="marketplace.accounts.tasks.find_red_flags")
def find_red_flags() -> None:
    """Sweep: red flags in where organisations connect from and in whom they share a domain with."""
    red_flags.find_red_flags(at=now())
