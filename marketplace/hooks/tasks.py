from celery import shared_task
from django.utils.timezone import now

from marketplace.core.sweeps import sweep
from marketplace.notices.models import Notice

from . import services
from .models import Delivery


@shared_task(name="marketplace.hooks.tasks.pass_on")
def pass_on() -> None:
    """Sweep, and the hint of every notice: deliveries that are not written yet."""
    services.pass_over(at=now())
    rows = Notice.objects.filter(passed_on_at__isnull=True).order_by("pk")
    sweep(rows.iterator(), lambda row: services.pass_on(notice=row, at=now()))


@shared_task(name="marketplace.hooks.tasks.send_due")
def send_due() -> None:
    """Sweep, and the hint of every delivery: what is due, or was left by a sender that died."""
    rows = Delivery.objects.due(at=now()).order_by("next_at", "pk")
    sweep(rows.iterator(), lambda row: services.deliver(delivery=row, at=now()))


@shared_task(name="marketplace.hooks.tasks.prune")
def prune() -> None:
    """Sweep: history that is old enough."""
    services.prune(at=now())
