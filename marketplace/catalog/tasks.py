from celery import shared_task
from django.utils.timezone import now

from . import services
from .health import services as health
from .trust import services as trust


@shared_task(name="marketplace.catalog.tasks.mark_silent")
def mark_silent() -> None:
    """Sweep: machines that stopped answering are offline."""
    services.mark_silent(at=now())


@shared_task(name="marketplace.catalog.tasks.prune_telemetry")
def prune_telemetry() -> None:
    """Sweep: telemetry that nobody needs any more."""
    health.prune(at=now())


@shared_task(name="marketplace.catalog.tasks.verify_challenges")
def verify_challenges() -> None:
    """Sweep: check what GPUs have shown, and end what nobody answered. Also the hint's task."""
    trust.expire(at=now())
    trust.verify_shown(at=now())
