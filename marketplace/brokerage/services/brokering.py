"""The broker: from a request to GPUs and money set aside. Each step is safe to take twice."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from compliance import services as compliance
from compliance.models import Decision, Outcome
from marketplace.brokerage import workload as workloads
from marketplace.brokerage.models import Assignment, Lease, Reservation
from marketplace.brokerage.placement import Placed
from marketplace.brokerage.states import MOVES, SET_ASIDE, SHORT, LeaseState, State
from marketplace.catalog.models import Gpu
from marketplace.catalog.pricing import window_micro
from marketplace.core.refusals import BadField
from marketplace.core.states import LostRace, move
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account, Hold

from . import evicting
from .asking import wallet_account
from .boards import Board, Wanted, least_trusted, wanted
from .contending import Making, make_room
from .giving_back import give_back
from .red_flags import MOST_AT_ONCE, look_at_orders
from .telling import tell_reached

log = logging.getLogger(__name__)

#: how often to pick again when another broker took a picked GPU first
PICKS = 5
#: somebody was faster with a GPU, or one that was to go is owed more than it seemed: pick again
FASTER = ("lease_gpu_sold_once", "eviction_keeps_terms")
TAKEN = "another renter took these GPUs for that window; choose another"
UNPAID = "the wallet no longer covers the cost; top it up and ask again"


class HoldExpired(Exception):
    """The hold ran out before it was confirmed; ask again."""


class NotCleared(Exception):
    """Screening does not allow this any more."""


class NotClearedNow(NotCleared):
    """No list is fresh enough to screen against; what is held stays held, try again later."""


class NothingToRun(BadField):
    """A quote that says nothing to run cannot be booked without saying it."""


class _Taken(Exception):
    """No set of GPUs is left that would do."""


def broker(*, reservation: Reservation, at: datetime) -> None:
    """Take every step that is open for this reservation: screen, set aside, confirm.

    Steps already taken are not repeated; a second broker on the same row loses and stops quietly.
    """
    try:
        if reservation.state == State.REQUESTED:
            _clear(reservation, at)
        if reservation.state == State.CLEARED:
            _hold(reservation, at)
        if reservation.state == State.HELD and reservation.auto_confirm:
            confirm(reservation=reservation, at=at)
    except (LostRace, HoldExpired, NotCleared) as reason:
        log.info("%s rests: %s", reservation, reason)


def question(
    reservation: Reservation, at: datetime, *, end: datetime | None = None
) -> compliance.Question:
    """What compliance is asked about a reservation, as it is or if it ended then.

    Its machine counts as it is trusted at this moment.
    """
    [asked] = questions([reservation], at)
    return replace(asked, end=end) if end else asked


def questions(rows: Sequence[Reservation], at: datetime) -> list[compliance.Question]:
    """The same about each as it is; machines that several might get are looked at once."""
    trust = least_trusted([wanted(row) for row in rows], at=at)
    return [
        compliance.Question(
            chip=row.offer.chip,
            site_country=row.offer.machine.site.country,
            start=row.during.lower,
            end=row.during.upper,
            gpus=row.gpu_count,
            rental=row.public_id,
            machine_trust=tier,
        )
        for row, tier in zip(rows, trust, strict=True)
    ]


def screen(reservation: Reservation, at: datetime) -> Decision:
    return compliance.screen(
        party=reservation.renter.party, question=question(reservation, at), at=at
    )


def _clear(reservation: Reservation, at: datetime) -> None:
    look_at_orders(renter=reservation.renter, at=at, most=MOST_AT_ONCE)
    decision = screen(reservation, at)
    if decision.permits:
        move(reservation, State.CLEARED, table=MOVES, decision=decision)
    else:
        _refuse(reservation, compliance.public_reason(decision), at, decision=decision)


def _refuse(reservation: Reservation, reason: str, at: datetime, **also: Decision) -> None:
    with transaction.atomic():
        move(reservation, State.REFUSED, table=MOVES, reason=reason, **also)
        tell_reached(rows=[reservation.pk], at=at)


def _hold(reservation: Reservation, at: datetime) -> None:
    decision = standing(reservation, at)
    if not decision.permits:
        _refuse(reservation, "not available to your organisation", at, decision=decision)
        return
    try:
        _hold_some(reservation, decision, at)
    except _Taken:
        _refuse(reservation, TAKEN, at)
    except compliance.LicenceSpent:
        _spent(reservation, at)
    except ledger.InsufficientFunds:
        _refuse(reservation, UNPAID, at)


def _spent(reservation: Reservation, at: datetime) -> None:
    """Somebody else drew what was left of the licence: refuse as screening does now.

    If it has room again by now the row stays as it is, for the sweep to try again.
    """
    decision = screen(reservation, at)
    if not decision.permits:
        _refuse(reservation, compliance.public_reason(decision), at, decision=decision)


def standing(reservation: Reservation, at: datetime) -> Decision:
    """The decision that holds now: the one on the row, or a new one if that no longer stands.

    A new one that allows it replaces the one on the row, and what is drawn on licences follows it.
    One that does not is for the caller to put there together with the move out: the database lets
    nothing be held on it. Raises NotCleared while others keep drawing what was left of a licence.
    """
    held = reservation.decision
    if held and stands(held, reservation, at):
        return held
    for _ in range(PICKS):
        fresh = screen(reservation, at)
        if not fresh.permits:
            return fresh
        try:
            _rest_on(reservation, fresh)
        except compliance.LicenceSpent:
            continue
        return fresh
    raise NotCleared("not available to your organisation")


def _rest_on(reservation: Reservation, fresh: Decision) -> None:
    """Put the decision on the row; a rental that has begun draws on a licence from now on only."""
    now, window = fresh.decided_at, reservation.during
    begun = reservation.state in SET_ASIDE
    if begun and window.upper <= now:
        return  # nothing is left to draw; end_due closes it
    with transaction.atomic():
        row = Reservation.objects.select_for_update(no_key=True, of=("self",)).filter(
            pk=reservation.pk, state=reservation.state
        )
        if begun and row.first():
            _draw(reservation, fresh, max(window.lower, now), now)
        row.update(decision=fresh)
    reservation.decision = fresh


def stands(decision: Decision, reservation: Reservation, at: datetime) -> bool:
    """Whether this decision clears this reservation now. Writes nothing."""
    party = reservation.renter.party
    return compliance.answers(
        decision=decision, party=party, question=question(reservation, at)
    ) and compliance.still_valid(decision=decision, at=at)


def _draw(reservation: Reservation, decision: Decision, start: datetime, at: datetime) -> None:
    compliance.draw(
        decision=decision,
        rental=reservation.public_id,
        gpus=reservation.gpu_count,
        start=start,
        end=reservation.during.upper,
        at=at,
    )


def _hold_some(reservation: Reservation, decision: Decision, at: datetime) -> None:
    asked = wanted(reservation)
    for _ in range(PICKS):
        made = _place(reservation, asked, at)
        try:
            _set_aside(reservation, decision, made, at)
        except evicting.Settled:
            continue
        except IntegrityError as error:
            if not any(guard in str(error) for guard in FASTER):
                raise
        else:
            return
    raise _Taken


def _place(reservation: Reservation, asked: Wanted, at: datetime) -> Making:
    """What is free, else what others would leave, with notice, to who books at once. Raises _Taken.

    A quote and a hold that is yet to be confirmed interrupt nobody.
    """
    placed = Board([asked]).place(asked)
    if placed is not None:
        return Making(placed, ())
    made = None
    if reservation.auto_confirm:
        bid = reservation.price_micro_per_gpu_hour if reservation.interruptible else None
        made = make_room(asked=asked, bid_micro=bid, at=at)
    if made is None:
        raise _Taken
    return made


def _set_aside(reservation: Reservation, decision: Decision, made: Making, at: datetime) -> None:
    """The row and those that go, GPUs in pk order, leases, the licence, then money: every broker
    locks in this order.
    """
    placed = made.placed
    with transaction.atomic():
        _lock(reservation)
        leaving = evicting.lock_leaving(made.leaving) if made.leaving else []
        part_of = {
            gpu: part
            for machine, part in _parts(reservation, placed, at).items()
            for gpu in placed[machine]
        }
        lock_gpus({*part_of, *evicting.gpus_of(leaving)})
        if leaving:
            evicting.give_way(rows=leaving, to=reservation, at=at)
        for gpu_id in sorted(part_of):
            Lease.objects.create(
                assignment=part_of[gpu_id],
                gpu_id=gpu_id,
                during=reservation.during,
                cleaning_s=reservation.offer.cleaning_s,
                created_at=at,
            )
        _draw(reservation, decision, reservation.during.lower, at)
        if reservation.pin_slot is None:
            if leaving:
                evicting.spare(rows=leaving, wallet=_wallet(reservation))
            hold, expires = _hold_money(reservation), at + timedelta(minutes=settings.HOLD_MINUTES)
            move(
                reservation,
                State.HELD,
                table=MOVES,
                hold=hold,
                hold_expires_at=expires,
                booked_at=at,
            )
        else:
            expires = min(at + timedelta(minutes=settings.PIN_MINUTES), reservation.during.upper)
            move(reservation, State.PINNED, table=MOVES, hold_expires_at=expires, booked_at=at)


def _lock(reservation: Reservation) -> None:
    row = Reservation.objects.select_for_update(no_key=True, of=("self",))
    if not row.filter(pk=reservation.pk, state=reservation.state).exists():
        raise LostRace(f"{reservation} was taken over")


def lock_gpus(gpus: Iterable[int]) -> None:
    """Lock these GPUs in primary-key order until the commit.

    Two that insert overlapping leases at the same instant would each find the other's and wait for
    it for ever. Like this the second comes when the first is done, and loses or not.
    """
    rows = Gpu.objects.filter(pk__in=list(gpus)).order_by("pk").select_for_update(no_key=True)
    list(rows.values_list("pk", flat=True))


def _parts(reservation: Reservation, placed: Placed, at: datetime) -> dict[int, Assignment]:
    """What each machine is told to run, by its primary key."""
    rows = [
        Assignment(reservation=reservation, machine_id=machine, created_at=at)
        for machine in sorted(placed)
    ]
    return {row.machine_id: row for row in Assignment.objects.bulk_create(rows)}


def hold_key(reservation: Reservation) -> str:
    return f"reservation:{reservation.public_id}"


def _hold_money(reservation: Reservation) -> Hold:
    return ledger.place_hold(
        key=hold_key(reservation),
        account=_wallet(reservation),
        amount=held_micro(reservation),
    )


def _wallet(reservation: Reservation) -> Account:
    return wallet_account(renter=reservation.renter, currency=reservation.currency)


def cost_micro(reservation: Reservation) -> int:
    """The most this reservation can cost, in micro-units: every GPU for the whole window."""
    length = reservation.during.upper - reservation.during.lower
    return window_micro(reservation.price_micro_per_gpu_hour, reservation.gpu_count, length)


def held_micro(reservation: Reservation) -> int:
    """What of that is set aside when it is booked: all, or a deposit."""
    return cost_micro(reservation) - reservation.due_micro


def confirm(
    *, reservation: Reservation, at: datetime, workload: dict[str, Any] | None = None
) -> None:
    """Turn a hold or a quote into a booking, at the price it names.

    Raises HoldExpired, NotCleared, IllegalMove or LostRace; for a quote also InsufficientFunds and
    NothingToRun. While a list is stale nothing is confirmed and nothing lost: NotClearedNow.

    `workload` is for a quote that was pinned without one; what was said then is not changed.
    """
    if reservation.hold_expires_at is not None and reservation.hold_expires_at <= at:
        raise HoldExpired("the hold ran out; ask again")
    if reservation.state in SHORT:
        decision = standing(reservation, at)
        if decision.outcome == Outcome.DENY_TEMPORARY:
            raise NotClearedNow("not available at the moment; it stays held, confirm it later")
        if not decision.permits:
            cancel_uncleared(reservation, decision, at)
            raise NotCleared("not available to your organisation")
    with transaction.atomic():
        also = _paid(reservation, workload) if reservation.state == State.PINNED else {}
        move(reservation, State.CONFIRMED, table=MOVES, hold_expires_at=None, booked_at=at, **also)
        Lease.objects.filter(assignment__reservation=reservation, state=LeaseState.HELD).update(
            state=LeaseState.CONFIRMED
        )
        tell_reached(rows=[reservation.pk], at=at)


def _paid(reservation: Reservation, workload: dict[str, Any] | None) -> dict[str, Any]:
    """What a quote lacks of a booking: something to run, and the money for it."""
    if reservation.workload and workload:
        raise NothingToRun("workload", "was given when the quote was pinned; leave it out")
    run = reservation.workload or workload
    if not run:
        raise NothingToRun("workload", "is missing; the quote was pinned without one")
    try:
        run = workloads.parse(run)
    except workloads.BadWorkload as error:
        raise NothingToRun("workload", str(error)) from error
    _lock(reservation)
    return {"workload": run, "hold": _hold_money(reservation)}


def cancel_uncleared(reservation: Reservation, decision: Decision, at: datetime) -> None:
    """Take back what was set aside for a renter whom this decision does not allow it."""
    reason = "not available to your organisation"
    give_back(reservation, State.CANCELLED, reason=reason, at=at, decision=decision)


def expire(*, reservation: Reservation, at: datetime) -> None:
    """Give back a hold that nobody confirmed in time."""
    what = "quote was not booked" if reservation.state == State.PINNED else "hold was not confirmed"
    give_back(reservation, State.EXPIRED, reason=f"the {what} in time", at=at)
