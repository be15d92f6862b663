"""A renter asks: what is checked before a reservation exists at all."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from psycopg.types.range import TimestamptzRange

from marketplace.accounts.models import Organisation, User
from marketplace.brokerage import workload
from marketplace.brokerage.models import Reservation
from marketplace.brokerage.placement import Together
from marketplace.catalog.models import Offer
from marketplace.catalog.pricing import window_micro
from marketplace.catalog.states import OfferState
from marketplace.core.hints import after_commit
from marketplace.core.idempotency import digest, require_same
from marketplace.core.refusals import BadField
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account, Kind

from .availability import free_together, offers

#: "now" as the renter saw it may be this old when it reaches us: so long one may read a quote
START_SLACK = timedelta(minutes=15)
ALTERNATIVES = 5


@dataclass(frozen=True)
class Ask:
    """What a renter wants: GPUs of one offer for [start, end), and what to run on them.

    With `together` it may be GPUs of its equals in the site as well, on the same terms.
    """

    offer: Offer
    gpu_count: int
    start: datetime
    end: datetime
    workload: dict[str, Any]
    auto_confirm: bool = True
    together: Together = Together.OFFER


class BadAsk(BadField):
    """A reservation cannot be asked for like this."""


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
    return window_micro(ask.offer.price_micro_per_gpu_hour, ask.gpu_count, ask.end - ask.start)


def wallet_account(*, renter: Organisation, currency: str) -> Account:
    return ledger.account(kind=Kind.WALLET, owner=renter.public_id, currency=currency)


def request(
    *, renter: Organisation, by: User | None, ask: Ask, key: str, at: datetime
) -> Reservation:
    """Record a reservation for the broker to work on; same key and content give the same row.

    What can be refused at once is: BadAsk, NotEnoughGpus, InsufficientFunds, NotARenter, KeyReused;
    nothing is written then. These looks are a courtesy: the broker decides again, under the
    database's constraints.
    """
    content = _content(ask)
    known = Reservation.objects.filter(renter=renter, idempotency_key=key).first()
    if known:
        require_same(known.request_sha256, content, key=key)
        return known
    check(renter=renter, ask=ask, at=at)
    ask = _from_now(ask, at)
    try:
        with transaction.atomic():
            made = _create(renter, by, ask, key, content, at)
            after_commit("marketplace.brokerage.tasks.broker_open")
    except IntegrityError as error:
        if "reservation_key_once" not in str(error):
            raise
        made = Reservation.objects.get(renter=renter, idempotency_key=key)
        require_same(made.request_sha256, content, key=key)
    return made


def _content(ask: Ask) -> bytes:
    return digest(
        {
            "offer": ask.offer.public_id,
            "gpu_count": ask.gpu_count,
            "start": ask.start,
            "end": ask.end,
            "workload": ask.workload,
            "auto_confirm": ask.auto_confirm,
            "together": ask.together.value,
        }
    )


def _create(
    renter: Organisation, by: User | None, ask: Ask, key: str, content: bytes, at: datetime
) -> Reservation:
    return Reservation.objects.create(
        renter=renter,
        requested_by=by,
        offer=ask.offer,
        gpu_count=ask.gpu_count,
        during=TimestamptzRange(ask.start, ask.end),
        workload=workload.parse(ask.workload),
        auto_confirm=ask.auto_confirm,
        together=ask.together.value,
        price_micro_per_gpu_hour=ask.offer.price_micro_per_gpu_hour,
        fee_bps=settings.PLATFORM_FEE_BPS,
        currency=ask.offer.currency,
        idempotency_key=key,
        request_sha256=content,
        created_at=at,
    )


def _from_now(ask: Ask, at: datetime) -> Ask:
    """The same length from this moment on, if it was to start while the renter was deciding.

    Nobody pays for time that passed before the reservation was made, or is refused for it.
    """
    late = max(timedelta(0), at - ask.start)
    return replace(ask, start=ask.start + late, end=ask.end + late)


def check(*, renter: Organisation, ask: Ask, at: datetime) -> None:
    """Raise what `request` would refuse at once, and book nothing: for a quote."""
    if not renter.can_rent:
        raise NotARenter(f"{renter} is not registered to rent")
    _check_window(ask, at)
    ask = _from_now(ask, at)
    if ask.gpu_count < 1:
        raise BadAsk("gpu_count", "must be at least 1")
    if ask.offer.state != OfferState.LISTED:
        raise BadAsk("offer", "is no longer listed; look for it again, its price may have changed")
    try:
        workload.parse(ask.workload)
    except workload.BadWorkload as error:
        raise BadAsk("workload", str(error)) from error
    free = free_together(offer=ask.offer, start=ask.start, end=ask.end, together=ask.together)
    if free < ask.gpu_count:
        raise NotEnoughGpus(free, _alternatives(ask))
    _check_funds(renter, ask)


def _check_window(ask: Ask, at: datetime) -> None:
    if ask.start.tzinfo is None or ask.end.tzinfo is None:
        raise BadAsk("start", "times need a zone; write UTC")
    if ask.start < at - START_SLACK:
        raise BadAsk("start", "lies in the past")
    if ask.end - ask.start < timedelta(seconds=settings.MIN_WINDOW_SECONDS):
        raise BadAsk("end", f"must be at least {settings.MIN_WINDOW_SECONDS} s after the start")
    if ask.end > at + timedelta(days=settings.MAX_WINDOW_DAYS):
        raise BadAsk("end", f"must be within {settings.MAX_WINDOW_DAYS} days")


def _check_funds(renter: Organisation, ask: Ask) -> None:
    needed = quote_micro(ask=ask)
    account = wallet_account(renter=renter, currency=ask.offer.currency)
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
