"""Undoing: GPUs, what was drawn on a licence and money go back together or not at all."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from compliance import services as compliance
from compliance.models import Decision
from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.brokerage.models import Assignment, Lease, Reservation, WindowChange
from marketplace.brokerage.states import LIVE, MOVES, LeaseState, State
from marketplace.core.idempotency import digest, require_same
from marketplace.core.states import LostRace, move
from marketplace.ledger import services as ledger

from .fees import collect, fee_micro, require_agreed
from .telling import tell_reached

Kind = WindowChange.Kind


def give_back(
    reservation: Reservation,
    to: State,
    *,
    reason: str,
    at: datetime,
    owed: WindowChange | None = None,
    **also: Decision,
) -> None:
    """Leave a reservation that never ran: release its GPUs, its licence and the whole hold.

    What is `owed` for the time given up is taken out of the hold first. `also` is the decision that
    ended it, if one did: it goes in with the move, because nothing may be held on a decision that
    does not allow it.
    """
    with transaction.atomic():
        lock_fresh(reservation)
        left = {"hold_expires_at": None, "due_micro": 0, "pay_by": None}
        move(reservation, to, table=MOVES, reason=reason, ended_at=at, **left, **also)
        Lease.objects.filter(assignment__reservation=reservation, state__in=LIVE).update(
            state=LeaseState.RELEASED
        )
        Assignment.objects.filter(reservation=reservation).update(generation=F("generation") + 1)
        compliance.put_back(rental=reservation.public_id, until=reservation.during.lower, at=at)
        if owed is not None:
            owed.save()
            collect(owed, reservation)
        if reservation.hold is not None:
            ledger.release_hold(hold=reservation.hold)
        tell_reached(rows=[reservation.pk], at=at)


def cancel(
    *,
    reservation: Reservation,
    by: User | None,
    at: datetime,
    key: str = "",
    agreed_fee_micro: int | None = None,
) -> None:
    """Cancel before it began: everything goes back but the fee of the schedule, if it was booked.

    Done again with the same key it is done once. Raises FeeChanged (above `agreed_fee_micro`) and
    KeyReused; IllegalMove once it runs; then nothing was changed.
    """
    content = digest({"kind": Kind.CANCELLED.value})
    if key and was_given_up(reservation, key, content):
        return
    try:
        with transaction.atomic():
            lock_fresh(reservation)
            change = None
            if reservation.state in (State.CONFIRMED, State.PAYMENT_DUE):
                fee = fee_micro(reservation=reservation, until=reservation.during.lower, at=at)
                require_agreed(fee=fee, agreed=agreed_fee_micro)
                change = given_up(reservation, Kind.CANCELLED, fee, key, content, by, at)
            reason = "cancelled by the renter"
            give_back(reservation, State.CANCELLED, reason=reason, at=at, owed=change)
            trail(verb="cancelled", subject=reservation, by=by, at=at)
    except LostRace:
        if not (key and was_given_up(reservation, key, content)):
            raise


def lock_fresh(reservation: Reservation) -> None:
    """Lock the row until the commit, and read anew what changes of a window have replaced in it.

    Raises LostRace when it is no longer in the state that this copy shows.
    """
    rows = Reservation.objects.select_for_update(no_key=True, of=("self",))
    if not rows.filter(pk=reservation.pk, state=reservation.state).exists():
        raise LostRace(f"{reservation} was moved by somebody else")
    reservation.refresh_from_db(fields=["during", "hold", "due_micro", "pay_by"])


def was_given_up(reservation: Reservation, key: str, content: bytes) -> bool:
    """Whether this was done before under the same key. Raises KeyReused."""
    known = WindowChange.objects.filter(reservation=reservation, idempotency_key=key).first()
    if known:
        require_same(known.request_sha256, content, key=key)
    return known is not None


def given_up(
    reservation: Reservation,
    kind: WindowChange.Kind,
    fee: int,
    key: str,
    content: bytes,
    by: User | None,
    at: datetime,
) -> WindowChange:
    """The change, not yet saved, of a reservation that ends at `at`, or where it would begin."""
    window = reservation.during
    return WindowChange(
        reservation=reservation,
        kind=kind,
        was_until=window.upper,
        until=min(max(at, window.lower), window.upper),
        fee_micro=fee,
        by=by,
        at=at,
        created_at=at,
        idempotency_key=key or f"{kind}:{reservation.public_id}",
        request_sha256=content,
    )
