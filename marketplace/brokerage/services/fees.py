"""What giving time up costs a renter, and the booking of it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max

from marketplace.brokerage.models import Reservation, WindowChange
from marketplace.brokerage.states import State
from marketplace.catalog import fees
from marketplace.catalog.states import MachineState
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind

from .asking import wallet_account
from .windows import LATE


class FeeChanged(Exception):
    """Giving time up costs more by now than the renter was shown; nothing was changed."""

    def __init__(self, fee_micro: int) -> None:
        super().__init__(f"by now it costs {fee_micro} micro-units; look again and decide again")
        self.fee_micro = fee_micro


def fee_micro(*, reservation: Reservation, until: datetime, at: datetime) -> int:
    """What it costs at `at` to give up all that lies after `until`, in micro-units.

    By the schedule that the offer named. Nothing for what may be interrupted or runs until it is
    stopped, which bind neither side; nothing before it is booked, nothing while a machine of it
    does not answer, and nothing where it should have begun LATE ago and has not: that is the
    provider's failure. Time that is billed as a minimum is not billed again.
    """
    schedule = reservation.offer.schedule
    if schedule is None or reservation.interruptible or reservation.rolling:
        return 0
    if reservation.state not in (State.CONFIRMED, State.PAYMENT_DUE, State.ACTIVE):
        return 0
    late = reservation.state == State.CONFIRMED and at >= _ready(reservation) + LATE
    if late or is_down(reservation):
        return 0
    begin = max(until, at)
    if reservation.state == State.ACTIVE:
        begin = max(begin, _minimum_until(reservation))
    return fees.fee_micro(
        steps=schedule.steps,
        price_micro_per_gpu_hour=reservation.price_micro_per_gpu_hour,
        gpus=reservation.gpu_count,
        start=begin,
        end=reservation.during.upper,
        at=at,
    )


def require_agreed(*, fee: int, agreed: int | None) -> None:
    """Raise FeeChanged when the fee is above what the renter agreed to; None agrees to any."""
    if agreed is not None and fee > agreed:
        raise FeeChanged(fee)


def collect(change: WindowChange, reservation: Reservation) -> None:
    """Book the fee of a change out of the reservation's hold, shared as its price is."""
    if not change.fee_micro:
        return
    assert reservation.hold is not None  # noqa: S101  the database's constraint says so
    book_shared(
        reservation=reservation,
        key=f"change:{change.public_id}",
        kind="time_given_up",
        theirs_micro=change.provider_micro,
        capture=ledger.Capture(reservation.hold, change.fee_micro),
        at=change.at,
    )


def book_shared(
    *,
    reservation: Reservation,
    key: str,
    kind: str,
    theirs_micro: int,
    capture: ledger.Capture,
    at: datetime,
) -> None:
    """Book what is captured to the provider and, for what is not theirs, to us."""
    operator = reservation.offer.machine.site.operator.public_id
    currency = reservation.currency
    shares = {
        ledger.account(kind=Kind.PROVIDER_PENDING, owner=operator, currency=currency): theirs_micro,
        ledger.account(kind=Kind.PLATFORM_FEE, currency=currency): capture.amount - theirs_micro,
    }
    wallet = wallet_account(renter=reservation.renter, currency=currency)
    entries = [ledger.Entry(wallet, account, share) for account, share in shares.items() if share]
    ledger.post(key=key, kind=kind, entries=entries, at=at, capture=capture)


def _ready(reservation: Reservation) -> datetime:
    """From when its provider could have begun it: its start, or later when it was paid."""
    start: datetime = reservation.during.lower
    return max(start, reservation.booked_at or start)


def is_down(reservation: Reservation) -> bool:
    """Whether a machine of it does not answer."""
    parts = reservation.assignments.filter(withdrawn_at__isnull=True)
    return parts.exclude(machine__state=MachineState.ONLINE).exists()


def _minimum_until(reservation: Reservation) -> datetime:
    last = reservation.assignments.aggregate(last=Max("started_at"))["last"]
    started: datetime = last or reservation.during.lower
    return started + timedelta(seconds=settings.MINIMUM_BILLED_SECONDS)
