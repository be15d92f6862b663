from celery import shared_task
from django.utils.timezone import now

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Reservation
from marketplace.brokerage.states import State
from marketplace.core.sweeps import sweep
from marketplace.metering.models import OutageRuling

from . import paper_tasks, services
from .models import CreditLot, StripeCommand, StripeEvent

__all__ = ["paper_tasks"]


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


@shared_task(name="marketplace.billing.tasks.roll_on")
def roll_on() -> None:
    """Sweep: what runs until it is stopped, and is not booked far enough ahead."""
    related = ("offer", "renter__party")
    rows = brokerage.due_to_roll(at=now()).select_related(*related)
    sweep(rows, lambda row: services.roll(reservation=row, at=now()))


@shared_task(name="marketplace.billing.tasks.charge_cards_of_due")
def charge_cards_of_due() -> None:
    """Sweep: bookings whose payment is due, and whose renter has a card."""
    rows = services.waiting_for_money(at=now()).select_related("renter")
    sweep(rows, lambda row: services.charge_card(reservation=row, at=now()))


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


@shared_task(name="marketplace.billing.tasks.collect_debts")
def collect_debts() -> None:
    """Sweep: what renters owe, out of what their wallets have by now."""
    sweep(
        services.owing.debtors(),
        lambda row: services.owing.collect(organisation=row, at=now()),
    )


@shared_task(name="marketplace.billing.tasks.pay_providers")
def pay_providers() -> None:
    """Sweep: earnings that are old enough, then a payout for everybody who is due one."""
    services.payouts.mature(at=now())
    services.payouts.pay_out(at=now())


@shared_task(name="marketplace.billing.tasks.look_at_payout_accounts")
def look_at_payout_accounts() -> None:
    """Sweep: providers' accounts that Stripe has not told us about for a day."""
    sweep(
        services.payouts.accounts_to_look_at(at=now()),
        lambda row: services.payouts.refresh(account=row, at=now()),
    )


@shared_task(name="marketplace.billing.tasks.find_red_flags")
def find_red_flags() -> None:
    """Sweep: renters who pay with the card of a denied party."""
    services.find_shared_cards(at=now())


@shared_task(name="marketplace.billing.tasks.top_up_low_wallets")
def top_up_low_wallets() -> None:
    """Sweep: low wallets whose renter lets us top them up."""
    sweep(services.low_wallets(), lambda row: services.auto_top_up(setting=row, at=now()))


@shared_task(name="marketplace.billing.tasks.warn_of_low_wallets")
def warn_of_low_wallets() -> None:
    """Sweep: wallets that what runs will soon have used up."""
    sweep(services.burning(), lambda row: services.warn(organisation=row, at=now()))


@shared_task(name="marketplace.billing.tasks.end_waiting_top_ups")
def end_waiting_top_ups() -> None:
    """Sweep: payments that nobody confirmed, and pages of Stripe's that nobody came back from."""
    at = now()
    sweep(services.unconfirmed(at=at), lambda row: services.give_up(top_up=row, at=at))
    sweep(services.overdue_pages(at=at), lambda row: services.look_at_page(top_up=row, at=at))


@shared_task(name="marketplace.billing.tasks.thaw_settled")
def thaw_settled() -> None:
    """Sweep: frozen wallets whose debt is gone."""
    services.thaw_settled(at=now())


@shared_task(name="marketplace.billing.tasks.expire_credit")
def expire_credit() -> None:
    """Sweep: promotional credit past its time."""
    sweep(
        CreditLot.objects.expired(at=now()).select_related("organisation").order_by("pk"),
        lambda row: services.expire_credit(lot=row, at=now()),
    )


@shared_task(name="marketplace.billing.tasks.store_missed_events")
def store_missed_events() -> None:
    """Sweep: events whose webhook never came."""
    services.store_missed_events(at=now())


@shared_task(name="marketplace.billing.tasks.book_movements")
def book_movements() -> None:
    """Sweep: Stripe's fees, and money that became available; and whether our clock is right."""
    services.check_clock(at=now())
    services.collect_movements(at=now())
    services.book_movements(at=now())


@shared_task(name="marketplace.billing.tasks.reconcile")
def reconcile() -> None:
    """Compare the ledger with Stripe once a day; looks more often, as the clock may restart."""
    services.reconcile_daily(at=now())
