"""Moving the end of a booking: longer if the calendar allows it, shorter by the schedule."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from psycopg.types.range import TimestamptzRange

from compliance import services as compliance
from compliance.models import Decision, Outcome
from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.brokerage.models import Assignment, Lease, Reservation, WindowChange
from marketplace.brokerage.states import LIVE, State
from marketplace.catalog.pricing import window_micro
from marketplace.core import changes
from marketplace.core.idempotency import digest, require_same
from marketplace.core.states import IllegalMove, LostRace

from .brokering import NotCleared, NotClearedNow, cost_micro, lock_gpus, question
from .fees import collect, fee_micro, require_agreed
from .holding import hold_less, hold_more
from .windows import BadAsk, check_horizon, check_length, check_rolling

BOOKED = (State.CONFIRMED, State.ACTIVE)
Kind = WindowChange.Kind


class WindowTaken(Exception):
    """Its GPUs are booked by somebody else within the time that was asked for."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a change would mean, before it is made; money in micro-units."""

    until: datetime
    fee_micro: int
    cost_micro: int
    held_more_micro: int
    back_micro: int


def consequence(*, reservation: Reservation, until: datetime, at: datetime) -> Consequence:
    """What extending or shortening to `until` would mean. Raises IllegalMove if nothing is booked.

    To give all of it up, `until` is its start, or the moment itself once it runs. Whether the
    calendar and screening allow more time is decided when it is asked for.
    """
    if reservation.state != State.PAYMENT_DUE:
        _require_booked(reservation)
    was, cost = cost_micro(reservation), _cost_micro(reservation, until)
    fee = fee_micro(reservation=reservation, until=until, at=at) if cost < was else 0
    back = max(0, was - cost - fee - reservation.due_micro)
    return Consequence(until, fee, cost, max(0, cost - was), back)


def extend(
    *,
    reservation: Reservation,
    until: datetime,
    key: str,
    by: User | None,
    at: datetime,
    cover: Callable[[Reservation, datetime], None] | None = None,
    fund: Callable[[Reservation, WindowChange, int, datetime], None] | None = None,
) -> WindowChange:
    """Let a booking end later, at its own price, on its own GPUs; same key, same change.

    Screened anew for the whole window; what more it may cost is held in the same transaction, and
    `cover` holds what terms that this room does not know add to that. Before, `fund` may bring what
    the wallet lacks, of which it is told how much more is held. Raises BadAsk, WindowTaken,
    NotCleared, NotClearedNow, LicenceSpent, InsufficientFunds, KeyReused, IllegalMove and LostRace;
    then nothing was changed.
    """
    content = digest({"kind": Kind.EXTENDED.value, "until": until})
    if known := _known(reservation, key, content):
        return known
    _require_booked(reservation)
    _check_longer(reservation, until, at)
    decision = _screen(reservation, until, at)
    try:
        with transaction.atomic():
            row = _lock(reservation)
            _require_whole(row)
            change = _record(row, Kind.EXTENDED, until, 0, key, content, by, at, decision=decision)
            more = _cost_micro(row, until) - cost_micro(row)
            _move_leases(row, until)
            _draw_anew(row, decision, until, at)
            _move_end(row, until, decision=decision)
            if fund:
                fund(row, change, more, at)
            hold_more(reservation=row, lacking_micro=more)
            if cover:
                cover(row, at)
            trail(verb="extended", subject=row, by=by, at=at, until=until.isoformat())
    except IntegrityError as error:
        if "lease_gpu_sold_once" not in str(error):
            raise
        raise WindowTaken("its GPUs are booked by somebody else before then") from error
    except LostRace:
        return _twin(reservation, key, content)
    return change


def shorten(
    *,
    reservation: Reservation,
    until: datetime,
    key: str,
    by: User | None,
    at: datetime,
    agreed_fee_micro: int | None = None,
) -> WindowChange:
    """Let a booking end sooner; what is given up is free for others at once. Same key, same change.

    The fee is taken from the hold by the schedule of its offer, and what is not needed any more
    goes back into the wallet; what is drawn on a licence goes back when it ends. Raises BadAsk,
    FeeChanged (above `agreed_fee_micro`), KeyReused, IllegalMove and LostRace; then nothing was
    changed.
    """
    content = digest({"kind": Kind.SHORTENED.value, "until": until})
    if known := _known(reservation, key, content):
        return known
    _require_booked(reservation)
    if until >= reservation.during.upper:
        raise BadAsk("end", "must be sooner than it is; to end later, extend it")
    if reservation.rolls_on:
        raise BadAsk("end", "moves on by itself; switch that off first, or stop it")
    if until <= at:
        raise BadAsk("end", "must lie ahead; to end it now, stop or cancel it")
    check_length(offer=reservation.offer, length=until - reservation.during.lower)
    least = timedelta(seconds=settings.MINIMUM_BILLED_SECONDS)
    if until < reservation.during.lower + least:
        raise BadAsk("end", f"must be {settings.MINIMUM_BILLED_SECONDS} s after the start: billed")
    try:
        with transaction.atomic():
            row = _lock(reservation)
            fee = fee_micro(reservation=row, until=until, at=at)
            require_agreed(fee=fee, agreed=agreed_fee_micro)
            change = _record(row, Kind.SHORTENED, until, fee, key, content, by, at)
            spared = cost_micro(row) - _cost_micro(row, until)
            _move_leases(row, until)
            _move_end(row, until)
            collect(change, row)
            hold_less(reservation=row, spared_micro=spared - fee)
            trail(verb="shortened", subject=row, by=by, at=at, until=until.isoformat())
    except LostRace:
        return _twin(reservation, key, content)
    return change


def booked_until(*, reservation: Reservation) -> datetime:
    """When it was to end as it was first booked, whatever was changed since."""
    made = sorted(reservation.changes.all(), key=lambda change: change.pk)
    end: datetime = made[0].was_until if made else reservation.during.upper
    return end


def _check_longer(row: Reservation, until: datetime, at: datetime) -> None:
    """Raise BadAsk unless it may end so late, as the market and its provider have it."""
    if until <= row.during.upper:
        raise BadAsk("end", "must be later than it is; to end sooner, shorten it")
    if row.during.upper <= at:
        raise BadAsk("end", "cannot move any more: the window is over")
    if row.rolling:
        check_rolling(end=until, at=at)
    check_length(offer=row.offer, length=until - row.during.lower)
    check_horizon(offer=row.offer, end=until, at=at)


def _cost_micro(row: Reservation, until: datetime) -> int:
    length = until - row.during.lower
    return window_micro(row.price_micro_per_gpu_hour, row.gpu_count, max(length, timedelta(0)))


def _known(row: Reservation, key: str, content: bytes) -> WindowChange | None:
    known = WindowChange.objects.filter(reservation=row, idempotency_key=key).first()
    if known:
        require_same(known.request_sha256, content, key=key)
    return known


def _twin(row: Reservation, key: str, content: bytes) -> WindowChange:
    """What was made by the same request, sent twice at once; raises LostRace if it was another."""
    if known := _known(row, key, content):
        return known
    raise LostRace(f"{row} changed in the meantime")


def _require_booked(row: Reservation) -> None:
    if row.state not in BOOKED:
        raise IllegalMove(f"{row} is not booked; only a booking can be made longer or shorter")


def _screen(row: Reservation, until: datetime, at: datetime) -> Decision:
    """A decision about the whole window as it would be."""
    asked = question(row, at, end=until)
    decision = compliance.screen(party=row.renter.party, question=asked, at=at)
    if decision.outcome == Outcome.DENY_TEMPORARY:
        raise NotClearedNow("not available at the moment; what is booked stays, try again later")
    if not decision.permits:
        raise NotCleared("not available to your organisation; what is booked stays as it is")
    return decision


def _lock(seen: Reservation) -> Reservation:
    """The row, its GPUs, then its leases, as every broker and every charge locks them."""
    rows = Reservation.objects.select_for_update(no_key=True, of=("self",))
    # neither hold nor decision: a join would show those of before the lock was waited for
    related = ("offer__machine__site__operator", "offer__schedule", "renter")
    row = rows.select_related(*related).get(pk=seen.pk)
    if (row.state, row.during, row.rolls_on) != (seen.state, seen.during, seen.rolls_on):
        raise LostRace(f"{row} changed in the meantime")
    leases = Lease.objects.filter(assignment__reservation=row, state__in=LIVE)
    lock_gpus(leases.values_list("gpu", flat=True))
    list(leases.order_by("pk").select_for_update(no_key=True, of=("self",)))
    return row


def _require_whole(row: Reservation) -> None:
    live = Lease.objects.filter(assignment__reservation=row, state__in=LIVE)
    if row.evict_at is not None:
        raise IllegalMove(f"{row} gives way to somebody else then; it cannot be made longer")
    if live.count() < row.gpu_count:
        raise IllegalMove(f"{row}: a part of it has ended; what is left cannot be made longer")


def _record(
    row: Reservation,
    kind: WindowChange.Kind,
    until: datetime,
    fee: int,
    key: str,
    content: bytes,
    by: User | None,
    at: datetime,
    **also: Any,
) -> WindowChange:
    return WindowChange.objects.create(
        reservation=row,
        kind=kind,
        was_until=row.during.upper,
        until=until,
        fee_micro=fee,
        by=by,
        at=at,
        created_at=at,
        idempotency_key=key,
        request_sha256=content,
        **also,
    )


def _move_leases(row: Reservation, until: datetime) -> None:
    """Move the end of what is taken; the database refuses what is somebody else's."""
    window = TimestamptzRange(row.during.lower, until)
    Lease.objects.filter(assignment__reservation=row, state__in=LIVE).update(during=window)
    Assignment.objects.filter(reservation=row).update(generation=F("generation") + 1)


def _draw_anew(row: Reservation, decision: Decision, until: datetime, at: datetime) -> None:
    """Make what is drawn on a licence reach to the new end."""
    start = max(row.during.lower, at)
    compliance.put_back(rental=row.public_id, until=start, at=at)
    compliance.draw(
        decision=decision,
        rental=row.public_id,
        gpus=row.gpu_count,
        start=start,
        end=until,
        at=at,
    )


def _move_end(row: Reservation, until: datetime, **also: Decision) -> None:
    window = TimestamptzRange(row.during.lower, until)
    Reservation.objects.filter(pk=row.pk).update(during=window, roll_refused="", **also)
    row.during, row.roll_refused = window, ""
    changes.after_commit(row)
