"""The waitlist: asking to wait, where one stands, and serving whose turn it is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from compliance.models import ChipModel
from marketplace.accounts.models import Organisation, User
from marketplace.accounts.services import require_confirmed
from marketplace.accounts.trail import trail
from marketplace.brokerage import queueing, workload
from marketplace.brokerage.models import Notice, Reservation, Waiting
from marketplace.brokerage.placement import Together
from marketplace.brokerage.queueing import Fit, Waiter
from marketplace.brokerage.states import WAIT_MOVES, State, WaitState
from marketplace.brokerage.waiting import WAITS
from marketplace.catalog.models import Offer
from marketplace.core.idempotency import digest, require_same
from marketplace.core.states import move
from marketplace.ledger import services as ledger

from . import asking
from .asking import Ask, NotARenter, NotEnoughGpus
from .brokering import TAKEN, broker
from .telling import tell_noticed, tell_waiting
from .windows import BadAsk

NO_ROOM = "no such GPUs are free at that price"
UNPAID = "the wallet does not cover it; add money, and it goes on waiting"
#: offers looked at for one request, cheapest first
OFFERS = 20
#: who waits may do so for so long
MOST_AHEAD = timedelta(days=90)


class TooManyWaiting(Exception):
    """The organisation has as many requests in line as one may."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody waits for; `limit_micro` is per GPU-hour."""

    chip: ChipModel
    gpu_count: int
    length: timedelta
    earliest: datetime
    latest: datetime
    limit_micro: int
    workload: dict[str, Any]
    country: str = ""
    together: Together = Together.OFFER
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request stands in the line for its GPU model, counted from 1."""

    position: int
    of: int


def wait(*, renter: Organisation, by: User | None, wish: Wish, key: str, at: datetime) -> Waiting:
    """Stand in line; same key and content stand once. Nothing is set aside.

    Raises NotARenter, NotConfirmed, BadAsk, TooManyWaiting and KeyReused; then nothing was written.
    """
    content = _content(wish)
    known = Waiting.objects.filter(renter=renter, idempotency_key=key).first()
    if known is None:
        require_confirmed(user=by)
        _check(renter, wish, at)
        known = _stand(renter, by, wish, key, content, at)
    require_same(known.request_sha256, content, key=key)
    return known


def withdraw(*, waiting: Waiting, by: User | None, at: datetime) -> None:
    """Leave the line. Raises IllegalMove or LostRace when it was served or is over."""
    with transaction.atomic():
        move(waiting, WaitState.WITHDRAWN, table=WAIT_MOVES, ended_at=at)
        trail(verb="left the line", subject=waiting, by=by, at=at)


def places(*, waiting: Iterable[Waiting], at: datetime) -> dict[int, Place]:
    """By primary key where each of them stands that still waits."""
    found: dict[int, Place] = {}
    for chip in {row.chip_id for row in waiting}:
        turns = queueing.in_turn(_line(chip), at=at)
        found |= {one.pk: Place(number, len(turns)) for number, one in enumerate(turns, start=1)}
    return found


def serve(*, at: datetime) -> int:
    """Make reservations for those whose turn it is; returns how many. Safe to run twice.

    Those whose time is over lapse first, and those whose reservation lost its GPUs to somebody
    else stand in line again where they stood.
    """
    _lapse(at)
    _return_losers(at)
    chips = Waiting.objects.filter(state=WaitState.WAITING).order_by("chip").values_list("chip")
    served = 0
    for (chip,) in chips.distinct():
        turns = queueing.in_turn(_line(chip), at=at)
        served += sum(1 for _ in queueing.served(_tried(turns, at), at=at))
    return served


def _content(wish: Wish) -> bytes:
    return digest(
        {
            "chip": wish.chip.name,
            "gpu_count": wish.gpu_count,
            "length": wish.length,
            "earliest": wish.earliest,
            "latest": wish.latest,
            "limit": wish.limit_micro,
            "workload": wish.workload,
            "country": wish.country,
            "together": wish.together.value,
        }
    )


def _check(renter: Organisation, wish: Wish, at: datetime) -> None:
    if not renter.can_rent:
        raise NotARenter(f"{renter} is not registered to rent")
    if wish.gpu_count < 1:
        raise BadAsk("gpu_count", "must be at least 1")
    if wish.limit_micro < 1:
        raise BadAsk("limit_micro_per_gpu_hour", "must be at least 1")
    if wish.length < timedelta(minutes=5):
        raise BadAsk("length_s", "must be at least 300")
    if wish.latest <= at or wish.latest < wish.earliest:
        raise BadAsk("latest", "must lie ahead, and not before the earliest start")
    if wish.latest + wish.length > at + MOST_AHEAD:
        raise BadAsk("latest", f"must leave it to end within {MOST_AHEAD.days} days")
    try:
        workload.parse(wish.workload)
    except workload.BadWorkload as error:
        raise BadAsk("workload", str(error)) from error


def _stand(
    renter: Organisation, by: User | None, wish: Wish, key: str, content: bytes, at: datetime
) -> Waiting:
    for _ in range(WAITS):
        try:
            with transaction.atomic():
                made = _create(renter, by, wish, key, content, at)
                trail(verb="stood in line", subject=made, by=by, at=at)
                return made
        except IntegrityError as error:
            if "waiting_key_once" in str(error):
                return Waiting.objects.get(renter=renter, idempotency_key=key)
            if "waiting_slot_once" not in str(error):
                raise
    raise TooManyWaiting(f"others stand in line at the same time; at most {WAITS} may wait")


def _create(
    renter: Organisation, by: User | None, wish: Wish, key: str, content: bytes, at: datetime
) -> Waiting:
    return Waiting.objects.create(
        renter=renter,
        requested_by=by,
        chip=wish.chip,
        gpu_count=wish.gpu_count,
        together=wish.together.value,
        country=wish.country,
        length_s=int(wish.length.total_seconds()),
        earliest=wish.earliest,
        latest=wish.latest,
        limit_micro_per_gpu_hour=wish.limit_micro,
        currency=wish.currency,
        workload=workload.parse(wish.workload),
        slot=_free_slot(renter),
        idempotency_key=key,
        request_sha256=content,
        created_at=at,
    )


def _free_slot(renter: Organisation) -> int:
    mine = Waiting.objects.filter(renter=renter, state=WaitState.WAITING)
    taken = set(mine.values_list("slot", flat=True))
    free = [slot for slot in range(1, WAITS + 1) if slot not in taken]
    if not free:
        raise TooManyWaiting(f"{WAITS} requests of yours wait; withdraw one first")
    return free[0]


def _line(chip: int) -> list[Waiter]:
    rows = Waiting.objects.filter(state=WaitState.WAITING, chip=chip)
    return [Waiter(*row) for row in rows.values_list("pk", "renter", "created_at")]


def _lapse(at: datetime) -> None:
    late = Waiting.objects.filter(state=WaitState.WAITING, latest__lt=at)
    with transaction.atomic():
        rows = list(late.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
        late.filter(pk__in=rows).update(
            state=WaitState.LAPSED, ended_at=at, reason="no such GPUs were free in time"
        )
        tell_waiting(rows=rows, kind="waitlist.lapsed", at=at)


def _return_losers(at: datetime) -> None:
    """Whose reservation was refused stands in line again, or lapses with the reason of that."""
    refused = Q(state=WaitState.SERVED, reservation__state=State.REFUSED)
    for row in Waiting.objects.filter(refused, latest__gte=at).select_related("reservation"):
        assert row.reservation is not None  # noqa: S101  the database's constraint says so
        reason = row.reservation.reason
        to = WaitState.WAITING if reason == TAKEN else WaitState.LAPSED
        over = None if to == WaitState.WAITING else at
        kind = "waitlist.returned" if to == WaitState.WAITING else "waitlist.lapsed"
        try:
            with transaction.atomic():
                move(row, to, table=WAIT_MOVES, reservation=None, reason=reason, ended_at=over)
                tell_waiting(rows=[row.pk], kind=kind, at=at)
        except IntegrityError as error:
            # its slot is somebody else's of the same renter by now
            if "waiting_slot_once" not in str(error):
                raise
            why = "its place in line was taken by a later request of yours"
            with transaction.atomic():
                also = {"reservation": None, "reason": why, "ended_at": at}
                move(row, WaitState.LAPSED, table=WAIT_MOVES, **also)
                tell_waiting(rows=[row.pk], kind="waitlist.lapsed", at=at)


def _tried(turns: Sequence[Waiter], at: datetime) -> Iterator[tuple[Waiter, Fit]]:
    for one in turns:
        yield one, _try(one.pk, at)


def _try(pk: int, at: datetime) -> Fit:
    """Reserve for it what fits, under its lock; a worker that is at it already is left alone."""
    with transaction.atomic():
        rows = Waiting.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        row = rows.filter(pk=pk, state=WaitState.WAITING).select_related("renter").first()
        if row is None or row.earliest > at:
            return Fit.OWN
        made, reason = _reserve(row, at)
        if made is None:
            Waiting.objects.filter(pk=row.pk).update(reason=reason)
            return Fit.OWN if reason == UNPAID else Fit.NO_ROOM
        facts = {"reservation": made, "tries": row.tries + 1, "reason": ""}
        move(row, WaitState.SERVED, table=WAIT_MOVES, **facts)
        served = Notice.objects.create(
            reservation=made, kind=Notice.Kind.SERVED, about=at, noted_at=at, created_at=at
        )
        tell_noticed(noticed=[served], at=at)
    broker(reservation=made, at=at)
    return Fit.SERVED


def _reserve(row: Waiting, at: datetime) -> tuple[Reservation | None, str]:
    """The cheapest that fits, as if its renter asked now; or what stands in the way."""
    reason = NO_ROOM
    for offer in _offers(row):
        ask = Ask(
            offer=offer,
            gpu_count=row.gpu_count,
            start=at,
            end=at + timedelta(seconds=row.length_s),
            workload=row.workload,
            together=Together(row.together),
            latest=row.latest,
        )
        key = f"waited:{row.public_id}:{row.tries}"
        try:
            asked = asking.request(renter=row.renter, by=row.requested_by, ask=ask, key=key, at=at)
        except ledger.InsufficientFunds:
            reason = UNPAID
        except (BadAsk, NotEnoughGpus):
            continue
        else:
            return asked, ""
    return None, reason


def _offers(row: Waiting) -> list[Offer]:
    found = Offer.objects.listed().filter(
        chip=row.chip_id,
        currency=row.currency,
        price_micro_per_gpu_hour__lte=row.limit_micro_per_gpu_hour,
    )
    if row.country:
        found = found.filter(machine__site__country=row.country)
    related = found.select_related("chip", "machine__site")
    return list(related.order_by("price_micro_per_gpu_hour", "pk")[:OFFERS])
