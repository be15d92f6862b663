from celery import shared_task
from django.utils.timezone import now

from marketplace.brokerage.models import Reservation
from marketplace.brokerage.states import State
from marketplace.core.sweeps import sweep
from marketplace.metering.models import OutageRuling

from . import services
from .models import StripeCommand, StripeEvent


@shared_task(name="marketplace.billing.tasks.charge_sealed")
def charge_sealed() -> None:
    """Sweep: charge what was sealed since the last time, while it runs and after."""
    services.charge_live(at=now())


@shared_task(name="marketplace.billing.tasks.settle_ended")
def settle_ended() -> None:
    """Sweep: ended reservations whose usage is complete."""
    sweep(
        Reservation.objects.filter(state=State.ENDED),
        lambda row: services.settle(reservation=row, at=now()),
    )


@shared_task(name="marketplace.billing.tasks.rerate_ruled")
def rerate_ruled() -> None:
    """Sweep: rulings on outages that are not in the books yet."""
    sweep(
        OutageRuling.objects.filter(rerating=None).order_by("pk"),
        lambda row: services.rerate(ruling=row, at=now()),
    )


@shared_task(name="marketplace.billing.tasks.send_command")
def send_command(*, command_id: int) -> None:
    """The hint sent when a command is written; send_due_commands finds it without."""
    services.send_command(command=StripeCommand.objects.get(pk=command_id), at=now())


@shared_task(name="marketplace.billing.tasks.send_due_commands")
def send_due_commands() -> None:
    """Sweep: commands that wait, and those whose sender never came back."""
    sweep(
        StripeCommand.objects.due(at=now()),
        lambda row: services.send_command(command=row, at=now()),
    )


@shared_task(name="marketplace.billing.tasks.handle_event")
def handle_event(*, event_id: int) -> None:
    """The hint sent when an event is stored; handle_stored_events finds it without."""
    services.handle_event(event=StripeEvent.objects.get(pk=event_id), at=now())


@shared_task(name="marketplace.billing.tasks.handle_stored_events")
def handle_stored_events() -> None:
    """Sweep: events nobody has handled."""
    sweep(
        StripeEvent.objects.filter(handled_at__isnull=True).order_by("received_at"),
        lambda row: services.handle_event(event=row, at=now()),
    )


@shared_task(name="marketplace.billing.tasks.find_red_flags")
def find_red_flags() -> None:
    """Sweep: renters who pay with the card of a denied party."""
    services.find_shared_cards(at=now())
