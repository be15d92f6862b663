"""A renter has the workspace of a rental outlive it, or gives that up."""

from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from django.db import transaction

from compliance.models import Outcome as Screened
from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.brokerage.keepings import MOST_GIB, MOST_HOURS, KeepingState, Outcome
from marketplace.brokerage.models import Assignment, Keeping, Reservation
from marketplace.brokerage.states import State
from marketplace.core.idempotency import digest, require_same
from marketplace.core.states import IllegalMove, LostRace
from marketplace.ledger import services as ledger

from .asking import wallet_account
from .brokering import NotCleared, NotClearedNow, standing
from .kept import drop, end, lock_with_rental, tell_machine
from .resuming import waiting_for
from .windows import BadAsk

GIB = 1 << 30


class CannotKeep(Exception):
    """The workspace of this rental cannot be kept; the text says why."""


class _Terms(NamedTuple):
    part: Assignment
    gib: int
    price_micro: int


def most_micro(*, reservation: Reservation, hours: int) -> int:
    """What keeping its workspace for so many hours costs at most, in micro-units.

    The same until it is asked for: price and size of a rental that runs do not change. Raises
    BadAsk, IllegalMove and CannotKeep, as `keep` does.
    """
    _check_hours(hours)
    terms = _terms(reservation)
    return terms.gib * terms.price_micro * hours


def keep(
    *, reservation: Reservation, hours: int, by: User | None, key: str, at: datetime
) -> Keeping:
    """Have the workspace stay on its machine for so many hours after the rental's end, at most.

    All that it may cost is held at once. Same key and hours are the same wish. Raises BadAsk
    (`hours`), CannotKeep, NotCleared, NotClearedNow, InsufficientFunds (WalletFrozen), KeyReused,
    and IllegalMove where nothing runs; then nothing was changed.
    """
    content = digest({"hours": hours})
    if known := _known(reservation, key, content):
        return known
    _check_hours(hours)
    _require_runs(reservation, at)
    _require_cleared(reservation, at)
    with transaction.atomic():
        rows = Reservation.objects.select_for_update(no_key=True, of=("self",))
        row = rows.select_related("offer", "renter").get(pk=reservation.pk)
        if known := _known(row, key, content):  # the same, sent twice at once
            return known
        _require_runs(row, at)
        _require_first(row)
        return _make(row, hours, by, key, content, at)


def give_up_keeping(
    *, keeping: Keeping, by: User | None, at: datetime, seen: str | None = None
) -> None:
    """Want it no more while the rental runs, at no cost; or have it deleted, and pay until now.

    Raises IllegalMove where it is over already, or a rental is booked that goes on with it; and
    LostRace where it is not as its renter has `seen` it: who takes back a wish a moment too late
    has nothing deleted.
    """
    with transaction.atomic():
        row = lock_with_rental(keeping)
        if seen not in (None, row.state):
            raise LostRace(f"{row} is not {seen} any more")
        if row.state == KeepingState.WANTED:
            drop(row, at=at, by=by)
            return
        if row.state == KeepingState.KEPT and waiting_for(row).exists():
            raise IllegalMove(f"{row}: a rental is booked that goes on with it; cancel that first")
        end(row, Outcome.DELETED, at=at, by=by)


def _known(row: Reservation, key: str, content: bytes) -> Keeping | None:
    known = Keeping.objects.filter(reservation=row, idempotency_key=key).first()
    if known:
        require_same(known.request_sha256, content, key=key)
    return known


def _check_hours(hours: int) -> None:
    if not 1 <= hours <= MOST_HOURS:
        raise BadAsk("hours", f"must be from 1 to {MOST_HOURS}")


def _require_runs(row: Reservation, at: datetime) -> None:
    if row.state != State.ACTIVE or row.during.upper <= at:
        raise IllegalMove(f"{row} does not run; only of what runs the workspace can be kept")


def _require_first(row: Reservation) -> None:
    if row.keepings.exclude(state=KeepingState.DROPPED).exists():
        raise CannotKeep("it is kept already; for other hours give that up first")


def _require_cleared(row: Reservation, at: datetime) -> None:
    decision = standing(row, at)
    if decision.outcome == Screened.DENY_TEMPORARY:
        raise NotClearedNow("not available at the moment; what runs goes on, try again later")
    if not decision.permits:
        raise NotCleared("not available to your organisation")


def _terms(row: Reservation) -> _Terms:
    """What would be kept, how large it is, and at what price. Raises CannotKeep and IllegalMove."""
    price = row.offer.keep_micro_per_gib_hour
    if price is None:
        raise CannotKeep("its provider keeps no workspaces")
    if row.state != State.ACTIVE:
        raise IllegalMove(f"{row} does not run; only of what runs the workspace can be kept")
    parts = list(row.assignments.wanted())
    if len(parts) > 1:
        raise CannotKeep(f"it runs on {len(parts)} machines; only what one machine runs is kept")
    [part] = parts
    if part.workspace_bytes is None:
        raise CannotKeep("its machine has not said yet how large the workspace is")
    gib = -(-part.workspace_bytes // GIB)
    if gib > MOST_GIB:
        raise CannotKeep(f"its workspace is larger than {MOST_GIB} GiB")
    return _Terms(part, gib, price)


def _make(
    row: Reservation, hours: int, by: User | None, key: str, content: bytes, at: datetime
) -> Keeping:
    terms, name = _terms(row), uuid4()
    hold = ledger.place_hold(
        key=f"keeping:{name}",
        account=wallet_account(renter=row.renter, currency=row.currency),
        amount=terms.gib * terms.price_micro * hours,
    )
    made = Keeping.objects.create(
        public_id=name,
        reservation=row,
        assignment=terms.part,
        hours=hours,
        gib=terms.gib,
        price_micro_per_gib_hour=terms.price_micro,
        fee_bps=row.fee_bps,
        currency=row.currency,
        hold=hold,
        wanted_by=by,
        idempotency_key=key,
        request_sha256=content,
        created_at=at,
    )
    tell_machine(made)
    trail(verb="asked to keep", subject=made, by=by, at=at, hours=str(hours))
    return made
