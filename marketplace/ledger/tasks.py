from celery import shared_task
from django.utils.timezone import now

from . import services


@shared_task(name="marketplace.ledger.tasks.seal")
def seal() -> None:
    """Sweep: the day's seal, as soon after midnight UTC as somebody looks."""
    services.seal(at=now())
