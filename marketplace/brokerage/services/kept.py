"""What becomes of workspaces that are to outlive their rental: kept, counted, charged, wiped."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import (
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Greatest

from compliance import services as compliance
from compliance.models import Outcome as Screened
from compliance.models import Party
from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.brokerage.drifts import MachineReport
from marketplace.brokerage.keepings import KEEPING_MOVES, KeepingState, Outcome
from marketplace.brokerage.models import Assignment, Keeping, Reservation
from marketplace.brokerage.states import NEVER_RAN, State
from marketplace.catalog.states import MachineState
from marketplace.core import changes
from marketplace.core.states import move
from marketplace.ledger import services as ledger

from .fees import shared
from .noticing import note_keeping
from .resuming import lock_keeping, waiting_for

#: a machine that answers has so long to say that it keeps what is over
SAID_WITHIN = timedelta(hours=1)
#: a machine's clock may be ahead of ours by so much
AHEAD = timedelta(minutes=2)
#: nobody looked for longer: nobody knows whether its machine answered, so nobody pays for more
LOOKED_WITHIN = timedelta(minutes=10)
#: A second look at the same instant waits for the row, and then finds it looked at.
COUNT = """
UPDATE brokerage_keeping k
   SET looked_at = least(%(at)s, k.until),
       answered_ms = k.answered_ms + CASE WHEN m.state = %(online)s THEN floor(1000 *
         extract(epoch FROM least(least(%(at)s, k.until) - k.looked_at, %(within)s))) ELSE 0 END
  FROM brokerage_assignment a JOIN catalog_machine m ON m.id = a.machine_id
 WHERE a.id = k.assignment_id AND k.state = 'kept' AND k.looked_at < least(%(at)s, k.until)
   AND (%(only)s::bigint IS NULL OR k.id = %(only)s)
"""


def tally_keepings(*, at: datetime, only: int | None = None) -> int:
    """Count the time since the last look to what is kept on machines that answer; returns how many.

    Time in which a machine did not answer is not paid for. One statement for all, or for `only`
    one; safe to run twice or in parallel.
    """
    facts: dict[str, Any] = {
        "at": at,
        "online": MachineState.ONLINE,
        "within": LOOKED_WITHIN,
        "only": only,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, facts)
        return int(cursor.rowcount)


def keep_until() -> Subquery:
    """Of assignments until when their machine keeps the workspace once it is over; null: it wipes.

    While it runs that is counted from the end of its window. What a rental is booked to go on with
    is kept until that one is over, so that no machine wipes it because the news was late.
    """
    hours = ExpressionWrapper(F("hours") * Value(timedelta(hours=1)), DurationField())
    agreed = Coalesce("until", F("reservation__during__endswith") + hours)
    booked = Reservation.objects.filter(resumes=OuterRef("pk")).exclude(state__in=NEVER_RAN)
    last = Subquery(booked.order_by("pk").values("during__endswith")[:1])
    live = Keeping.objects.live().filter(assignment=OuterRef("pk"))
    told = live.annotate(told=Greatest(agreed, last, output_field=DateTimeField()))
    return Subquery(told.order_by("pk").values("told")[:1])


def hear(*, kept: Mapping[int, bool], at: datetime) -> None:
    """Take over of assignments (by primary key) that are over whether their machine keeps them."""
    for row in Keeping.objects.live().filter(assignment__in=kept).order_by("pk"):
        said = kept[row.assignment_id]
        if row.state == KeepingState.WANTED or not said:
            _hear(row, kept=said, at=at)


def _hear(seen: Keeping, *, kept: bool, at: datetime) -> None:
    with transaction.atomic():
        row = lock_with_rental(seen)
        if row.state == KeepingState.WANTED and row.reservation.state != State.ACTIVE:
            if kept:
                _keep(row, at)
            else:
                drop(row, at=at)
        elif row.state == KeepingState.KEPT and not kept and not waiting_for(row).exists():
            # where a rental is to go on with it, it may be that one's already
            end(row, _why_gone(row, at), at=at)


def _why_gone(row: Keeping, at: datetime) -> Outcome:
    """Its machine wipes it when its time is over, which no sweep may have seen yet."""
    over = row.until is not None and row.until <= at + AHEAD
    return Outcome.EXPIRED if over else Outcome.LOST


def lock_with_rental(seen: Keeping) -> Keeping:
    """The row and its reservation until the commit, as they are now."""
    rows = Reservation.objects.select_for_update(no_key=True, of=("self",))
    rental = rows.get(pk=seen.reservation_id)
    row = lock_keeping(seen.pk)
    row.reservation = rental
    return row


def _keep(row: Keeping, at: datetime) -> None:
    times = {"kept_from": at, "looked_at": at, "until": at + row.length}
    move(row, KeepingState.KEPT, table=KEEPING_MOVES, **times)
    tell_machine(row)
    note_keeping(keeping=row, at=at)


def drop(row: Keeping, *, at: datetime, by: User | None = None) -> None:
    """It is not kept after all, and costs nothing; the caller has locked its reservation and it."""
    move(row, KeepingState.DROPPED, table=KEEPING_MOVES, ended_at=at)
    tell_machine(row)
    ledger.release_hold(hold=row.hold)
    trail(verb="dropped", subject=row, by=by, at=at)
    if by is None:
        note_keeping(keeping=row, at=at)


def drop_wanted(*, reservation: Reservation, at: datetime) -> None:
    """The same of what was wanted of a reservation that this transaction ended."""
    for seen in reservation.keepings.filter(state=KeepingState.WANTED):
        drop(lock_keeping(seen.pk), at=at)


def tell_machine(row: Keeping) -> None:
    """Its node is to hear of it, and open pages; the caller has locked the reservation."""
    Assignment.objects.filter(pk=row.assignment_id).update(generation=F("generation") + 1)
    changes.after_commit(row.reservation)


def resumed(*, keeping: int, at: datetime) -> None:
    """The rental that goes on with it (by primary key) has begun."""
    row = lock_keeping(keeping)
    if row.state == KeepingState.KEPT:
        end(row, Outcome.RESUMED, at=at)


def end(row: Keeping, outcome: Outcome, *, at: datetime, by: User | None = None) -> None:
    """Charge what was kept for the time it was, and give back the rest; the caller has locked it.

    Its node is told of it no more, and so wipes it.
    """
    tally_keepings(at=at, only=row.pk)
    row.refresh_from_db(fields=["answered_ms", "looked_at"])
    due = 0 if outcome == Outcome.LOST else row.so_far_micro
    facts = {"outcome": outcome, "ended_at": at, "due_micro": due}
    move(row, KeepingState.ENDED, table=KEEPING_MOVES, **facts)
    changes.after_commit(row.reservation)
    if due:
        ledger.post(
            key=f"keeping:{row.public_id}",
            kind="workspace_kept",
            entries=shared(row.reservation, due, row.provider_micro),
            at=at,
            capture=ledger.Capture(row.hold, due),
        )
    ledger.release_hold(hold=row.hold)
    trail(verb="ended", subject=row, by=by, at=at, outcome=outcome.value)
    note_keeping(keeping=row, at=at)


def keepings_to_end(*, at: datetime) -> QuerySet[Keeping]:
    """What is due to end, or to be looked at; `end_keeping` decides."""
    expired = Q(state=KeepingState.KEPT, until__lte=at)
    silent = Q(state=KeepingState.WANTED) & ~Q(reservation__state=State.ACTIVE)
    refused = Q(reservation__renter__party__in=_denied())
    return Keeping.objects.live().filter(expired | silent | refused).order_by("pk")


def end_keeping(*, keeping: Keeping, at: datetime) -> None:
    """End what expired or whose renter is refused for good; drop what was never kept.

    What a rental is booked to go on with does not expire before that is over, and costs nothing
    more meanwhile. Does nothing where nothing is due.
    """
    refused = _refused(keeping.reservation.renter.party, at)
    with transaction.atomic():
        row = lock_with_rental(keeping)
        if row.state == KeepingState.WANTED and row.reservation.state != State.ACTIVE:
            if refused or _never_came(row, at):
                drop(row, at=at)
        elif row.state == KeepingState.KEPT and refused:
            end(row, Outcome.REFUSED, at=at)
        elif row.state == KeepingState.KEPT and _expired(row, at):
            end(row, Outcome.EXPIRED, at=at)


def _expired(row: Keeping, at: datetime) -> bool:
    return row.until is not None and row.until <= at and not waiting_for(row).exists()


def _denied() -> list[int]:
    """Parties of renters with a workspace whose newest decision is a refusal for good."""
    live = Keeping.objects.live().values("reservation__renter__party")
    return [party.pk for party in Party.objects.filter(pk__in=live) if _denies(party)]


def _denies(party: Party) -> bool:
    return compliance.is_denied(party=party)


def _refused(party: Party, at: datetime) -> bool:
    """Whether the party itself is refused for good: the newest decision may be about one order."""
    if not _denies(party):
        return False
    return compliance.screen(party=party, question=None, at=at).outcome == Screened.DENY


def _never_came(row: Keeping, at: datetime) -> bool:
    """Its machine answers and says nothing of it, or has wiped it by its own clock."""
    rental = row.reservation
    if at >= rental.during.upper + row.length:
        return True
    if rental.ended_at is None or at < rental.ended_at + SAID_WITHIN:
        return False
    heard = MachineReport.objects.filter(
        machine=row.assignment.machine_id,
        machine__state=MachineState.ONLINE,
        heard_at__gte=rental.ended_at + SAID_WITHIN,
    )
    named = [{"assignment": str(row.assignment.public_id)}]
    return heard.exclude(runs__contains=named).exists()
