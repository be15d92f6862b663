"""A batch of decisions written by statements whose number does not grow with it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from compliance import services as compliance
from compliance.models import Decision
from marketplace.brokerage.models import Assignment, Reservation
from marketplace.brokerage.states import LeaseState, State
from marketplace.core.inserting import insert
from marketplace.ledger import services as ledger

from .brokering import hold_key, lock_gpus
from .planning import Placing
from .telling import tell_reached

CLEAR = """
UPDATE brokerage_reservation r
   SET state = c.state, reason = c.reason, decision_id = c.decision
  FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[]) AS c (id, state, reason, decision)
 WHERE r.id = c.id AND r.state = 'requested' RETURNING r.id
"""
REFUSE = """
UPDATE brokerage_reservation r SET state = 'refused', reason = c.reason
  FROM unnest(%s::bigint[], %s::text[]) AS c (id, reason)
 WHERE r.id = c.id AND r.state = 'cleared' RETURNING r.id
"""
SET_ASIDE = """
UPDATE brokerage_reservation r
   SET state = c.state, hold_id = c.hold, hold_expires_at = c.expires, booked_at = %s
  FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::timestamptz[])
    AS c (id, state, hold, expires)
 WHERE r.id = c.id
"""
LEASE = """
INSERT INTO brokerage_lease
  (public_id, created_at, assignment_id, gpu_id, cleaning_s, state, during)
SELECT gen_random_uuid(), %s, c.part, c.gpu, c.cleaning_s, c.state, r.during
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::int[], %s::text[])
    AS c (id, part, gpu, cleaning_s, state)
  JOIN brokerage_reservation r ON r.id = c.id
 ORDER BY c.gpu
"""


class BatchLost(Exception):
    """Somebody else was faster with something that the batch needs; nothing of it is written."""


def write_cleared(screened: Sequence[tuple[Reservation, Decision]], at: datetime) -> None:
    """Clear or refuse what was requested, and say so on the rows; one that moved stays as it is."""
    columns = [
        (row.pk, State.CLEARED, "", decision.pk)
        if decision.permits
        else (row.pk, State.REFUSED, compliance.public_reason(decision), decision.pk)
        for row, decision in screened
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLEAR, _turned(columns))
        written = {pk for (pk,) in cursor.fetchall()}
        refused = [pk for pk, state, *_ in columns if state == State.REFUSED and pk in written]
        tell_reached(rows=refused, at=at)
    for (row, decision), (_, state, reason, _) in zip(screened, columns, strict=True):
        if row.pk in written:
            row.state, row.reason, row.decision = state, reason, decision


def write_refused(refused: Sequence[tuple[Reservation, str]], at: datetime) -> None:
    """Refuse what was cleared; one that moved meanwhile stays as it is."""
    if refused:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(REFUSE, [[row.pk for row, _ in refused], [why for _, why in refused]])
            tell_reached(rows=[pk for (pk,) in cursor.fetchall()], at=at)


def write_set_aside(placed: Sequence[Placing], at: datetime) -> None:
    """GPUs, what licences must cover, and money, all of it or nothing. Raises BatchLost.

    Locks in the order of every broker: the rows, GPUs, licences, wallets; each kind in key order.
    """
    try:
        with transaction.atomic():
            _lock([one.row.pk for one in placed])
            _lease(placed, at)
            _draw(placed, at)
            _book(placed, at, _hold(placed))
            booked = [one.row.pk for one in placed if one.row.auto_confirm]
            tell_reached(rows=booked, at=at)
    except (IntegrityError, compliance.LicenceSpent, ledger.InsufficientFunds) as error:
        raise BatchLost(str(error).partition("\n")[0]) from error


def _lock(rows: Sequence[int]) -> None:
    held = Reservation.objects.select_for_update(no_key=True).filter(
        pk__in=rows, state=State.CLEARED
    )
    if len(held.order_by("pk").values_list("pk")) < len(rows):
        raise BatchLost("a request of it has moved")


def _lease(placed: Sequence[Placing], at: datetime) -> None:
    parts = [
        Assignment(reservation=one.row, machine_id=machine, created_at=at)
        for one in placed
        for machine in sorted(one.gpus)
    ]
    insert(parts)
    chosen = [(one.row, gpus) for one in placed for _, gpus in sorted(one.gpus.items())]
    columns = [
        (row.pk, part.pk, gpu, row.offer.cleaning_s, _state(row))
        for part, (row, gpus) in zip(parts, chosen, strict=True)
        for gpu in gpus
    ]
    lock_gpus({gpu for _, _, gpu, _, _ in columns})
    with connection.cursor() as cursor:
        cursor.execute(LEASE, [at, *_turned(columns)])


def _state(row: Reservation) -> LeaseState:
    return LeaseState.CONFIRMED if row.auto_confirm else LeaseState.HELD


def _draw(placed: Sequence[Placing], at: datetime) -> None:
    """Few rentals need a licence, and each draw looks at what is left: one by one."""
    needing = [
        (decision, one.row)
        for one in placed
        if (decision := one.row.decision) and decision.licence_id is not None
    ]
    for decision, row in sorted(needing, key=lambda pair: pair[0].licence_id or 0):
        compliance.draw(
            decision=decision,
            rental=row.public_id,
            gpus=row.gpu_count,
            start=row.during.lower,
            end=row.during.upper,
            at=at,
        )


def _hold(placed: Sequence[Placing]) -> list[int]:
    ordered = sorted(placed, key=lambda one: one.wallet.pk)
    holds = ledger.place_holds(
        placings=[ledger.Placing(hold_key(one.row), one.wallet, one.cost) for one in ordered]
    )
    return [holds[hold_key(one.row)].pk for one in placed]


def _book(placed: Sequence[Placing], at: datetime, holds: Sequence[int]) -> None:
    """Held, or confirmed at once where the renter does not want to do that."""
    expires = at + timedelta(minutes=settings.HOLD_MINUTES)
    columns = [
        (one.row.pk, State.CONFIRMED, hold, None)
        if one.row.auto_confirm
        else (one.row.pk, State.HELD, hold, expires)
        for one, hold in zip(placed, holds, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(SET_ASIDE, [at, *_turned(columns)])


def _turned(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows as columns, for unnest."""
    return [list(column) for column in zip(*rows, strict=True)]
