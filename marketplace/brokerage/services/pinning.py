"""Quotes: a price with its GPUs kept for some minutes, before there is money or a workload."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.services import require_confirmed
from marketplace.brokerage.models import PINS, Reservation
from marketplace.brokerage.states import OPEN, State
from marketplace.core.idempotency import require_same

from . import asking
from .asking import Ask
from .brokering import broker
from .windows import BadAsk

HOUR = timedelta(hours=1)


class TooManyPins(Exception):
    """The organisation keeps as many GPUs from others as one may without booking any."""


def pin(*, renter: Organisation, by: User | None, ask: Ask, key: str, at: datetime) -> Reservation:
    """Keep what was shown: its GPUs for PIN_MINUTES, its price and terms for good.

    Same key and content give the same quote. Screened as a booking is; the wallet is not looked at,
    and the workload may come later, with `confirm`. The answer is pinned, or refused with a reason;
    then nothing is kept. What can be refused at once is: BadAsk, NotEnoughGpus, NotARenter,
    NotConfirmed, TooManyPins, KeyReused; nothing is written then.
    """
    content = asking.content_of(ask, pinned=True)
    known = Reservation.objects.filter(renter=renter, idempotency_key=key).first()
    if known is None:
        require_confirmed(user=by)
        asking.check(renter=renter, ask=ask, at=at, pinned=True)
        known = _create(renter, by, asking.from_now(ask, at), key, content, at)
    require_same(known.request_sha256, content, key=key)
    broker(reservation=known, at=at)
    return known


def _create(
    renter: Organisation, by: User | None, ask: Ask, key: str, content: bytes, at: datetime
) -> Reservation:
    """In the first slot that is free; whoever takes it first has it, by the database's word."""
    _require_moderate(renter, ask, at)
    for _ in range(PINS):
        facts: dict[str, Any] = {"pin_slot": _free_slot(renter), "auto_confirm": False}
        try:
            with transaction.atomic():
                return asking.create(renter, by, ask, key, content, at, **facts)
        except IntegrityError as error:
            if "reservation_key_once" in str(error):
                return Reservation.objects.get(renter=renter, idempotency_key=key)
            if "reservation_pin_slot_once" not in str(error):
                raise
    raise TooManyPins(f"others pin at the same time; at most {PINS} quotes are pinned at once")


def _free_slot(renter: Organisation) -> int:
    pinned = Q(renter=renter, pin_slot__isnull=False, state__in=[*OPEN, State.PINNED])
    taken = set(Reservation.objects.filter(pinned).values_list("pin_slot", flat=True))
    free = [slot for slot in range(1, PINS + 1) if slot not in taken]
    if not free:
        raise TooManyPins(
            f"{PINS} quotes are pinned; book or cancel one, or wait until it runs out"
        )
    return free[0]


def _require_moderate(renter: Organisation, ask: Ask, at: datetime) -> None:
    """A courtesy to the other renters, not a lock: the slots bound what can be kept at once."""
    if ask.gpu_count > settings.PIN_GPUS:
        raise BadAsk("gpu_count", f"at most {settings.PIN_GPUS} in a quote; book them outright")
    unused = Reservation.objects.filter(
        renter=renter,
        pin_slot__isnull=False,
        state__in=[State.EXPIRED, State.CANCELLED],
        created_at__gt=at - HOUR,
    ).count()
    if unused >= settings.PINS_UNUSED:
        raise TooManyPins(f"{unused} quotes were let go within an hour; book outright, or wait")
