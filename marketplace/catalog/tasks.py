from celery import shared_task
from django.utils.timezone import now

from . import services


@shared_task(name="marketplace.catalog.tasks.mark_silent")
def mark_silent() -> None:
    """Sweep: machines that stopped answering are offline."""
    services.mark_silent(at=now())
