from celery import shared_task
from django.utils.timezone import now

from marketplace.core.sweeps import sweep

from . import services
from .models import Letter, Notice


@shared_task(name="marketplace.notices.tasks.spread")
def spread() -> None:
    """Sweep, and the hint of every notice: letters that are not written yet."""
    rows = Notice.objects.unspread().order_by("pk")
    sweep(rows.iterator(), lambda row: services.spread(notice=row, at=now()))


@shared_task(name="marketplace.notices.tasks.send_letters")
def send_letters() -> None:
    """Sweep, and the hint of every letter: what waits for a mail server."""
    rows = Letter.objects.due(at=now()).order_by("next_at", "pk")
    sweep(rows.iterator(), lambda row: services.send(letter=row, at=now()))


@shared_task(name="marketplace.notices.tasks.catch_up")
def catch_up() -> None:
    """Sweep: what lower rooms did that somebody should hear of."""
    services.catch_up(at=now())
