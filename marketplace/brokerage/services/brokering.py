"""The broker: from a request to GPUs and money set aside. Each step is safe to take twice."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from compliance import services as compliance
from compliance.models import Decision, Outcome
from marketplace.brokerage.models import Assignment, Lease, Reservation
from marketplace.brokerage.placement import Placed
from marketplace.brokerage.states import MOVES, SET_ASIDE, LeaseState, State
from marketplace.catalog.models import Gpu
from marketplace.catalog.pricing import window_micro
from marketplace.core.states import LostRace, move
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Hold

from .asking import wallet_account
from .boards import Board, wanted
from .giving_back import give_back
from .red_flags import MOST_AT_ONCE, look_at_orders

log = logging.getLogger(__name__)

#: how often to pick again when another broker took a picked GPU first
PICKS = 5
TAKEN = "another renter took these GPUs for that window; choose another"
UNPAID = "the wallet no longer covers the cost; top it up and ask again"


class HoldExpired(Exception):
    """The hold ran out before it was confirmed; ask again."""


class NotCleared(Exception):
    """Screening does not allow this any more."""


class NotClearedNow(NotCleared):
    """No list is fresh enough to screen against; what is held stays held, try again later."""


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


def question(reservation: Reservation) -> compliance.Question:
    """What compliance is asked about a reservation."""
    offer = reservation.offer
    return compliance.Question(
        chip=offer.chip,
        site_country=offer.machine.site.country,
        start=reservation.during.lower,
        end=reservation.during.upper,
        gpus=reservation.gpu_count,
        rental=reservation.public_id,
    )


def screen(reservation: Reservation, at: datetime) -> Decision:
    return compliance.screen(party=reservation.renter.party, question=question(reservation), at=at)


def _clear(reservation: Reservation, at: datetime) -> None:
    look_at_orders(renter=reservation.renter, at=at, most=MOST_AT_ONCE)
    decision = screen(reservation, at)
    if decision.permits:
        move(reservation, State.CLEARED, table=MOVES, decision=decision)
    else:
        _refuse(reservation, compliance.public_reason(decision), decision=decision)


def _refuse(reservation: Reservation, reason: str, **also: Decision) -> None:
    move(reservation, State.REFUSED, table=MOVES, reason=reason, **also)


def _hold(reservation: Reservation, at: datetime) -> None:
    decision = standing(reservation, at)
    if not decision.permits:
        _refuse(reservation, "not available to your organisation", decision=decision)
        return
    try:
        _hold_some(reservation, decision, at)
    except _Taken:
        _refuse(reservation, TAKEN)
    except compliance.LicenceSpent:
        _spent(reservation, at)
    except ledger.InsufficientFunds:
        _refuse(reservation, UNPAID)


def _spent(reservation: Reservation, at: datetime) -> None:
    """Somebody else drew what was left of the licence: refuse as screening does now.

    If it has room again by now the row stays as it is, for the sweep to try again.
    """
    decision = screen(reservation, at)
    if not decision.permits:
        _refuse(reservation, compliance.public_reason(decision), decision=decision)


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
        decision=decision, party=party, question=question(reservation)
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
        placed = Board([asked]).place(asked)
        if placed is None:
            raise _Taken
        try:
            _set_aside(reservation, decision, placed, at)
        except IntegrityError as error:
            if "lease_gpu_sold_once" not in str(error):
                raise
        else:
            return
    raise _Taken


def _set_aside(reservation: Reservation, decision: Decision, placed: Placed, at: datetime) -> None:
    """The row, GPUs in pk order, the licence, then money: every broker locks in this order."""
    with transaction.atomic():
        _lock(reservation)
        part_of = {
            gpu: part
            for machine, part in _parts(reservation, placed, at).items()
            for gpu in placed[machine]
        }
        lock_gpus(part_of)
        for gpu_id in sorted(part_of):
            Lease.objects.create(
                assignment=part_of[gpu_id],
                gpu_id=gpu_id,
                during=reservation.during,
                created_at=at,
            )
        _draw(reservation, decision, reservation.during.lower, at)
        move(
            reservation,
            State.HELD,
            table=MOVES,
            hold=_hold_money(reservation),
            hold_expires_at=at + timedelta(minutes=settings.HOLD_MINUTES),
            booked_at=at,
        )


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
        account=wallet_account(renter=reservation.renter, currency=reservation.currency),
        amount=cost_micro(reservation),
    )


def cost_micro(reservation: Reservation) -> int:
    """The most this reservation can cost, in micro-units: every GPU for the whole window."""
    length = reservation.during.upper - reservation.during.lower
    return window_micro(reservation.price_micro_per_gpu_hour, reservation.gpu_count, length)


def confirm(*, reservation: Reservation, at: datetime) -> None:
    """Turn a hold into a booking. Raises HoldExpired, NotCleared, IllegalMove or LostRace.

    While a list is stale nothing is confirmed and nothing lost: NotClearedNow.
    """
    if reservation.hold_expires_at is not None and reservation.hold_expires_at <= at:
        raise HoldExpired("the hold ran out; ask again")
    if reservation.state == State.HELD:
        decision = standing(reservation, at)
        if decision.outcome == Outcome.DENY_TEMPORARY:
            raise NotClearedNow("not available at the moment; it stays held, confirm it later")
        if not decision.permits:
            cancel_uncleared(reservation, decision, at)
            raise NotCleared("not available to your organisation")
    with transaction.atomic():
        move(reservation, State.CONFIRMED, table=MOVES, hold_expires_at=None, booked_at=at)
        Lease.objects.filter(assignment__reservation=reservation, state=LeaseState.HELD).update(
            state=LeaseState.CONFIRMED
        )


def cancel_uncleared(reservation: Reservation, decision: Decision, at: datetime) -> None:
    """Take back what was set aside for a renter whom this decision does not allow it."""
    reason = "not available to your organisation"
    give_back(reservation, State.CANCELLED, reason=reason, at=at, decision=decision)


def expire(*, reservation: Reservation, at: datetime) -> None:
    """Give back a hold that nobody confirmed in time."""
    give_back(reservation, State.EXPIRED, reason="the hold was not confirmed in time", at=at)
