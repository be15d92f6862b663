from celery import shared_task
from django.utils.timezone import now

from . import services


@shared_task(name="compliance.tasks.seal_audit")
def seal_audit() -> None:
    """Sweep: evidence that has no link in the chain yet."""
    services.seal(at=now())
