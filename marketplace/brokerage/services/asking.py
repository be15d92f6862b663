"""A renter asks: what is checked before a reservation exists at all."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from psycopg.types.range import TimestamptzRange

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.services import require_confirmed
from marketplace.brokerage import workload
from marketplace.brokerage.models import Keeping, Reservation
from marketplace.brokerage.placement import Together
from marketplace.catalog import fees
from marketplace.catalog.models import Offer
from marketplace.catalog.pricing import window_micro
from marketplace.catalog.states import OfferState
from marketplace.core.hints import after_commit
from marketplace.core.idempotency import digest, require_same
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account, Kind

from .availability import free_together, offers
from .boards import Wanted
from .contending import MOST_WAIT, first_room
from .resuming import check_resumes, claim
from .windows import (
    PAY_AT_START_FROM,
    START_SLACK,
    BadAsk,
    check_bid,
    check_window,
    first_window,
    words,
)

ALTERNATIVES = 5


@dataclass(frozen=True)
class Ask:
    """What a renter wants: GPUs of one offer for [start, end), and what to run on them.

    With `together` it may be GPUs of its equals in the site as well, on the same terms. With a bid
    (micro-units per GPU-hour, which it pays) it may be interrupted. Where others have to go first,
    it may begin later than it asked, but not after `latest`. Paid at the start, only a deposit is
    held when it is booked. Rolling it runs until it is stopped, and `end` is where its first window
    ends: `windows.first_window` says how long that is. It may go on with a workspace that is kept
    on the offer's machine.
    """

    offer: Offer
    gpu_count: int
    start: datetime
    end: datetime
    workload: dict[str, Any]
    auto_confirm: bool = True
    together: Together = Together.OFFER
    spot_bid_micro: int | None = None
    latest: datetime | None = None
    pay_at_start: bool = False
    rolling: bool = False
    resumes: Keeping | None = None

    @property
    def price_micro(self) -> int:
        """What is paid for a GPU-hour: the bid, or the offer's price."""
        bid = self.spot_bid_micro
        return self.offer.price_micro_per_gpu_hour if bid is None else bid


class NotEnoughGpus(Exception):
    """Too few GPUs of the offer are free in the window; other offers that have enough are named."""

    def __init__(self, free: int, alternatives: list[Offer]) -> None:
        super().__init__(f"{free} such GPUs are free together in that window")
        self.free = free
        self.alternatives = alternatives


class NotARenter(Exception):
    """The organisation is not registered to rent."""


def quote_micro(*, ask: Ask) -> int:
    """Cost of the whole window in micro-units: what will be held, and the most it can cost."""
    return window_micro(ask.price_micro, ask.gpu_count, ask.end - ask.start)


def may_pay_at_start(*, ask: Ask, at: datetime) -> bool:
    """Whether it is booked outright, at the full price, for long enough ahead."""
    outright = ask.auto_confirm and ask.spot_bid_micro is None and not ask.rolling
    return outright and ask.start >= at + PAY_AT_START_FROM


def due_micro(*, ask: Ask) -> int:
    """Of that what is held only before the start, in micro-units."""
    if not ask.pay_at_start:
        return 0
    schedule, cost = ask.offer.schedule, quote_micro(ask=ask)
    least = settings.DEPOSIT_BPS
    steps = schedule.steps if schedule else ()
    return cost - fees.deposit_micro(steps=steps, cost_micro=cost, least_bps=least)


def deposit_micro(*, ask: Ask, at: datetime) -> int | None:
    """What would be held when it is booked, if the rest were paid at its start.

    In micro-units; None where it must be paid when it is booked.
    """
    if not may_pay_at_start(ask=ask, at=at):
        return None
    return quote_micro(ask=ask) - due_micro(ask=replace(ask, pay_at_start=True))


def wallet_account(*, renter: Organisation, currency: str) -> Account:
    return ledger.account(kind=Kind.WALLET, owner=renter.public_id, currency=currency)


def request(
    *, renter: Organisation, by: User | None, ask: Ask, key: str, at: datetime
) -> Reservation:
    """Record a reservation for the broker to work on; same key and content give the same row.

    What can be refused at once is: BadAsk, NotEnoughGpus, InsufficientFunds, NotARenter,
    NotConfirmed, KeyReused; nothing is written then. These looks are a courtesy: the broker decides
    again, under the database's constraints.
    """
    content = content_of(ask)
    if known := _known(renter, key, content):
        return known
    require_confirmed(user=by)
    try:
        ask = check(renter=renter, ask=ask, at=at)
        with transaction.atomic():
            if ask.resumes is not None:
                claim(ask.resumes)
            made = create(renter, by, ask, key, content, at, auto_confirm=ask.auto_confirm)
            after_commit("marketplace.brokerage.tasks.broker_open")
    except (BadAsk, IntegrityError):
        # the same, sent twice at once: the other was first with the key, or with the workspace
        twin = _known(renter, key, content)
        if twin is None:
            raise
        return twin
    return made


def _known(renter: Organisation, key: str, content: bytes) -> Reservation | None:
    known = Reservation.objects.filter(renter=renter, idempotency_key=key).first()
    if known:
        require_same(known.request_sha256, content, key=key)
    return known


def content_of(ask: Ask, **also: bool) -> bytes:
    """What an idempotency key is kept with."""
    return digest(
        {
            "offer": ask.offer.public_id,
            "gpu_count": ask.gpu_count,
            "start": ask.start,
            "end": ask.end,
            "workload": ask.workload,
            "auto_confirm": ask.auto_confirm,
            "together": ask.together.value,
            **({} if ask.spot_bid_micro is None else {"spot_bid": ask.spot_bid_micro}),
            **({"pay_at_start": True} if ask.pay_at_start else {}),
            **({"rolling": True} if ask.rolling else {}),
            **({"resumes": ask.resumes.public_id} if ask.resumes else {}),
            **also,
        }
    )


def create(
    renter: Organisation,
    by: User | None,
    ask: Ask,
    key: str,
    content: bytes,
    at: datetime,
    **also: Any,
) -> Reservation:
    """The row of an ask that was checked, with its price and fee frozen."""
    return Reservation.objects.create(
        renter=renter,
        requested_by=by,
        offer=ask.offer,
        gpu_count=ask.gpu_count,
        during=TimestamptzRange(ask.start, ask.end),
        workload=workload.parse(ask.workload) if ask.workload else {},
        together=ask.together.value,
        interruptible=ask.spot_bid_micro is not None,
        rolling=ask.rolling,
        rolls_on=ask.rolling,
        resumes=ask.resumes,
        price_micro_per_gpu_hour=ask.price_micro,
        due_micro=due_micro(ask=ask),
        fee_bps=settings.PLATFORM_FEE_BPS,
        currency=ask.offer.currency,
        idempotency_key=key,
        request_sha256=content,
        created_at=at,
        **also,
    )


def from_now(ask: Ask, at: datetime) -> Ask:
    """The same length from this moment on, if it was to start while the renter was deciding.

    Nobody pays for time that passed before the reservation was made, or is refused for it.
    """
    late = max(timedelta(0), at - ask.start)
    return replace(ask, start=ask.start + late, end=ask.end + late)


def check(*, renter: Organisation, ask: Ask, at: datetime, pinned: bool = False) -> Ask:
    """Raise what `request` (or `pin`) would refuse at once, and book nothing.

    Returns the ask as it would be booked: from this moment on, or once others have given way.
    """
    if not renter.can_rent:
        raise NotARenter(f"{renter} is not registered to rent")
    check_window(offer=ask.offer, start=ask.start, end=ask.end, at=at)
    ask = from_now(ask, at)
    if ask.gpu_count < 1:
        raise BadAsk("gpu_count", "must be at least 1")
    if ask.offer.state != OfferState.LISTED:
        raise BadAsk("offer", "is no longer listed; look for it again, its price may have changed")
    _check_bid(ask, at, pinned=pinned)
    if ask.pay_at_start:
        _check_pay_at_start(ask, at, pinned=pinned)
    if ask.rolling:
        _check_rolling(ask, at, pinned=pinned)
    if ask.workload or not pinned:
        _check_workload(ask)
    ask = _with_room(ask, at, pinned=pinned)
    _check_resumes(renter, ask, pinned=pinned)
    if not pinned:
        _check_funds(renter, ask)
    return ask


def _check_bid(ask: Ask, at: datetime, *, pinned: bool) -> None:
    if ask.spot_bid_micro is None:
        return
    if pinned:
        raise BadAsk("spot_bid_micro", "cannot be pinned; book it outright")
    check_bid(ask.offer, ask.spot_bid_micro, ask.start, ask.end, ask.together, at)


def _check_pay_at_start(ask: Ask, at: datetime, *, pinned: bool) -> None:
    _require_outright("pay_at_start", ask, pinned=pinned)
    if ask.start < at + PAY_AT_START_FROM:
        least = words(PAY_AT_START_FROM)
        raise BadAsk("pay_at_start", f"is for what begins at least {least} from now")


def _check_rolling(ask: Ask, at: datetime, *, pinned: bool) -> None:
    _require_outright("rolling", ask, pinned=pinned)
    if ask.pay_at_start:
        raise BadAsk("pay_at_start", "is not for what runs until it is stopped")
    if ask.start > at + START_SLACK:
        raise BadAsk("start", "must be now: what runs until it is stopped begins at once")
    length = first_window(offer=ask.offer)
    if ask.end - ask.start != length:
        raise BadAsk("end", f"must be {words(length)} after the start for what runs until stopped")


def _check_resumes(renter: Organisation, ask: Ask, *, pinned: bool) -> None:
    if ask.resumes is not None:
        check_resumes(
            keeping=ask.resumes,
            renter=renter,
            offer=ask.offer,
            together=ask.together,
            start=ask.start,
            pinned=pinned,
        )


def _require_outright(field: str, ask: Ask, *, pinned: bool) -> None:
    if ask.spot_bid_micro is not None or pinned or not ask.auto_confirm:
        raise BadAsk(field, "is for what is booked outright, at the full price")


def _with_room(ask: Ask, at: datetime, *, pinned: bool) -> Ask:
    """As it was asked, or as it can begin once others have given way. Raises NotEnoughGpus."""
    free = free_together(offer=ask.offer, start=ask.start, end=ask.end, together=ask.together)
    if free >= ask.gpu_count:
        return ask
    start = None if pinned or not ask.auto_confirm else _after_others(ask, at)
    if start is None:
        raise NotEnoughGpus(free, _alternatives(ask))
    return replace(ask, start=start, end=start + (ask.end - ask.start))


def _after_others(ask: Ask, at: datetime) -> datetime | None:
    asked = Wanted(ask.offer, ask.gpu_count, ask.start, ask.end, ask.together)
    latest = ask.start + MOST_WAIT
    if ask.latest is not None:
        latest = min(latest, ask.latest)
    return first_room(asked=asked, bid_micro=ask.spot_bid_micro, at=at, latest=latest)


def _check_workload(ask: Ask) -> None:
    try:
        workload.parse(ask.workload)
    except workload.BadWorkload as error:
        raise BadAsk("workload", str(error)) from error


def _check_funds(renter: Organisation, ask: Ask) -> None:
    needed = quote_micro(ask=ask) - due_micro(ask=ask)
    account = wallet_account(renter=renter, currency=ask.offer.currency)
    if ledger.frozen(account=account):
        raise ledger.WalletFrozen("the wallet is frozen while a payment into it is disputed")
    available = ledger.balance(account=account).available
    if available < needed:
        raise ledger.InsufficientFunds(
            f"the wallet has {available} micro-{ask.offer.currency} available, {needed} are needed"
        )


def _alternatives(ask: Ask) -> list[Offer]:
    """Other offers of the chip with enough free in the window, cheapest first."""
    others = (
        offers(start=ask.start, end=ask.end)
        .listed()
        .filter(Q(free__gte=ask.gpu_count), chip=ask.offer.chip_id)
        .exclude(pk=ask.offer.pk)
    )
    return list(others.order_by("price_micro_per_gpu_hour", "pk")[:ALTERNATIVES])
