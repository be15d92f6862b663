"""What nodes are told and what they say back; how a reservation begins and ends."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import F, Q

from compliance import services as compliance
from compliance.models import Decision
from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.brokerage.models import Assignment, Keeping, Lease, Reservation
from marketplace.brokerage.states import MOVES, OBSERVED_MOVES, LeaseState, Observed, State
from marketplace.catalog.models import Machine
from marketplace.core import changes
from marketplace.core.idempotency import digest
from marketplace.core.states import LostRace, move

from .brokering import stands
from .failures import note_no_show
from .fees import collect, fee_micro, require_agreed
from .giving_back import Kind, give_back, given_up, lock_fresh, was_given_up
from .kept import hear, keep_until, resumed
from .telling import tell_reached
from .windows import PAID_AHEAD

log = logging.getLogger(__name__)

#: a node learns of a lease this long before it starts, so that it starts on time when cut off
LEAD = PAID_AHEAD
#: from so long before its start a lease is told of only while its renter is cleared
LAST_LOOK = timedelta(minutes=5)
#: a node that never answered is told to stop for this long
REMIND = timedelta(days=1)
#: what screening asks of a reservation
ASKED = (
    "decision",
    "renter__party",
    "offer__chip",
    "offer__machine__site",
    "offer__machine__trust",
)
#: whose workspace it goes on with
RESUMED = "resumes__assignment"
WANTED = (State.CONFIRMED, State.ACTIVE)
FINAL = (Observed.STOPPED, Observed.FAILED)
WINDOW_OVER = "the window is over"
GAVE_WAY = "interrupted, as it was told, for who pays the full price or bid more"


@dataclass(frozen=True)
class Observation:
    """What a node says of one assignment; times are the node's own, corrected by its offset."""

    assignment: UUID
    generation: int
    state: str
    started_at: datetime | None
    stopped_at: datetime | None
    exit_code: int | None
    detail: str
    progress: str = ""
    endpoints: tuple[dict[str, Any], ...] = ()
    gpu_uuids: tuple[str, ...] | None = None
    end: datetime | None = None
    workspace_bytes: int | None = None
    kept: bool = False


def wanted(assignment: Assignment) -> bool:
    """Whether the node should run it (within its window) rather than stop it."""
    return assignment.reservation.state in WANTED and not assignment.reservation.due_micro


def known_at(at: datetime) -> models.QuerySet[Assignment]:
    """What nodes should know of: what starts soon or runs, what they still have to stop, and what
    they keep the workspace of.
    """
    soon = Q(
        reservation__state__in=WANTED,
        reservation__due_micro=0,
        reservation__during__startswith__lte=at + LEAD,
    )
    over = Q(
        reservation__state__in=[State.ENDED, State.SETTLED, State.CANCELLED, State.FAILED],
        reservation__during__endswith__gt=at - REMIND,
    )
    kept = Q(pk__in=Keeping.objects.live().values("assignment"))
    known = kept | ~Q(observed__in=FINAL) & (soon | over)
    return Assignment.objects.wanted().filter(known)


def desired(*, machine: Machine, at: datetime) -> list[Assignment]:
    """Everything this machine should know of now, with leases, GPUs and reservation loaded.

    What is about to start is left out while its screening does not stand; the sweep that enforces
    clearances screens it again within a minute.
    """
    known = (
        known_at(at)
        .filter(machine=machine)
        .select_related(*(f"reservation__{path}" for path in (*ASKED, RESUMED)))
        .prefetch_related("leases__gpu")
        .annotate(told_until=keep_until())
        .order_by("pk")
    )
    for one in known:
        one.keep_until = one.told_until
    return [one for one in known if _may_start(one.reservation, at)]


def _may_start(reservation: Reservation, at: datetime) -> bool:
    if reservation.state != State.CONFIRMED or at < reservation.during.lower - LAST_LOOK:
        return True
    decision = reservation.decision
    return decision is not None and stands(decision, reservation, at)


def observe(*, machine: Machine, reports: Sequence[Observation], at: datetime) -> None:
    """Take over what a node says of its assignments; late, repeated and unknown ones do nothing."""
    known = {
        assignment.public_id: assignment
        for assignment in Assignment.objects.on(machine)
        .wanted()
        .filter(public_id__in=[report.assignment for report in reports])
        .select_related("reservation")
    }
    for report in reports:
        assignment = known.get(report.assignment)
        if assignment is None:
            log.warning("%s reports assignment %s, not one of its own", machine, report.assignment)
        elif report.state in OBSERVED_MOVES[assignment.observed]:
            _take_over(assignment, report, at)
        elif report.state == assignment.observed:
            _note_way(assignment, report)
    # once it is written which of them are over
    over = {
        known[report.assignment].pk: report.kept
        for report in reports
        if report.assignment in known and report.state in FINAL
    }
    if over:
        hear(kept=over, at=at)


def _note_way(assignment: Assignment, report: Observation) -> None:
    """Write how far it is, where it is reached and how large it is, if that changed."""
    way = {
        "progress": report.progress[:200],
        "endpoints": list(report.endpoints),
        "workspace_bytes": _size(assignment, report),
    }
    if any(getattr(assignment, name) != value for name, value in way.items()):
        Assignment.objects.filter(pk=assignment.pk, observed=assignment.observed).update(**way)
        changes.after_commit(assignment.reservation)


def _size(assignment: Assignment, report: Observation) -> int | None:
    """Said once: what a renter was told that keeping it costs does not change afterwards."""
    return assignment.workspace_bytes or report.workspace_bytes or None


def _take_over(assignment: Assignment, report: Observation, at: datetime) -> None:
    with transaction.atomic():
        reservation = Reservation.objects.select_for_update(no_key=True, of=("self",)).get(
            pk=assignment.reservation_id
        )
        if reservation.due_micro:
            log.warning("%s reports %s, which is not paid", assignment.machine, reservation)
            return
        if not _note(assignment, report, reservation, at):
            return
        changes.after_commit(reservation)
        begins = assignment.started_at is not None and reservation.state == State.CONFIRMED
        if begins:
            _begin(reservation, at)
        if assignment.started_at is not None and reservation.state == State.ACTIVE:
            _start_leases(assignment)
        if report.state in FINAL:
            _finish_part(reservation, assignment, report, at)
        if begins and reservation.resumes_id:
            resumed(keeping=reservation.resumes_id, at=at)  # money, so last of all


def _note(
    assignment: Assignment, report: Observation, reservation: Reservation, at: datetime
) -> bool:
    """Write the observation, guarded; times outside the window or the future are clipped."""
    window = reservation.during
    started = assignment.started_at or _clip(report.started_at, window.lower, at)
    if report.state == Observed.RUNNING and started is None:
        started = _clip(at, window.lower, at)
    stopped = _clip(report.stopped_at or at, window.lower, at) if report.state in FINAL else None
    written = Assignment.objects.filter(pk=assignment.pk, observed=assignment.observed).update(
        observed=report.state,
        started_at=started,
        stopped_at=stopped,
        exit_code=report.exit_code,
        detail=report.detail[:500],
        progress="" if report.state in FINAL else report.progress[:200],
        # what is over cannot be reached, and its tokens are nobody's any more
        endpoints=[] if report.state in FINAL else list(report.endpoints),
        workspace_bytes=_size(assignment, report),
    )
    assignment.observed, assignment.started_at = report.state, started
    assignment.stopped_at = stopped
    return bool(written)


def _clip(moment: datetime | None, least: datetime, most: datetime) -> datetime | None:
    """Bring a node's claim into [least, most]; most wins, so nothing lies in the future."""
    return None if moment is None else min(max(moment, least), most)


def _begin(reservation: Reservation, at: datetime) -> None:
    move(reservation, State.ACTIVE, table=MOVES)
    tell_reached(rows=[reservation.pk], at=at)


def _start_leases(assignment: Assignment) -> None:
    Lease.objects.filter(assignment=assignment, state=LeaseState.CONFIRMED).update(
        state=LeaseState.ACTIVE, started_at=assignment.started_at
    )


def _finish_part(
    reservation: Reservation, assignment: Assignment, report: Observation, at: datetime
) -> None:
    if reservation.state == State.ACTIVE and assignment.started_at is None:
        # the renter asked for all of them or none
        reason = f"one of its machines could not start it: {report.detail or 'no reason given'}"
        end(reservation=reservation, reason=reason[:300], at=at)
    elif reservation.state == State.ACTIVE:
        over = min(assignment.stopped_at or at, reservation.during.upper)
        _end_leases(Lease.objects.filter(assignment=assignment), over)
        if not reservation.assignments.wanted().unfinished().exists():
            early = f"the workload ended with exit code {report.exit_code}"
            reason = early if over < reservation.during.upper else _over(reservation)
            move(reservation, State.ENDED, table=MOVES, ended_at=over, reason=reason)
            compliance.put_back(rental=reservation.public_id, until=over, at=at)
            tell_reached(rows=[reservation.pk], at=at)
    elif reservation.state == State.CONFIRMED:
        reason = f"the machine could not start it: {report.detail or 'no reason given'}"[:300]
        note_no_show(reservation, at)
        give_back(reservation, State.FAILED, reason=reason, at=at)


def _end_leases(leases: models.QuerySet[Lease], end: datetime) -> None:
    active = leases.filter(state=LeaseState.ACTIVE)
    # a lease cannot end before it started, even when a node's clock says so
    active.filter(started_at__gt=end).update(state=LeaseState.ENDED, ended_at=F("started_at"))
    active.update(state=LeaseState.ENDED, ended_at=end)


def end(*, reservation: Reservation, reason: str, at: datetime, **also: Decision) -> None:
    """End an active reservation now (or at its window's end, if that is past).

    What it drew on a licence for the rest of its window goes back.

    `also` is the decision that ended it, if one did.
    """
    moment = min(at, reservation.during.upper)
    with transaction.atomic():
        move(reservation, State.ENDED, table=MOVES, ended_at=moment, reason=reason, **also)
        _end_leases(Lease.objects.filter(assignment__reservation=reservation), moment)
        Lease.objects.filter(
            assignment__reservation=reservation, state=LeaseState.CONFIRMED
        ).update(state=LeaseState.RELEASED)
        Assignment.objects.filter(reservation=reservation).update(generation=F("generation") + 1)
        compliance.put_back(rental=reservation.public_id, until=moment, at=at)
        tell_reached(rows=[reservation.pk], at=at)


def stop(
    *,
    reservation: Reservation,
    by: User | None,
    at: datetime,
    key: str = "",
    agreed_fee_micro: int | None = None,
) -> None:
    """End an active reservation early: billed until now, and a fee for the rest by its schedule.

    What is left of the hold goes back when it is settled. Done again with the same key it is done
    once. Raises FeeChanged (above `agreed_fee_micro`) and KeyReused; then nothing was changed.
    """
    content = digest({"kind": Kind.STOPPED.value})
    if key and was_given_up(reservation, key, content):
        return
    try:
        with transaction.atomic():
            lock_fresh(reservation)
            fee = fee_micro(reservation=reservation, until=at, at=at)
            require_agreed(fee=fee, agreed=agreed_fee_micro)
            end(reservation=reservation, reason="stopped by the renter", at=at)
            if at < reservation.during.upper:
                change = given_up(reservation, Kind.STOPPED, fee, key, content, by, at)
                change.save()
                collect(change, reservation)
            trail(verb="stopped", subject=reservation, by=by, at=at)
    except LostRace:
        if not (key and was_given_up(reservation, key, content)):
            raise


def end_due(*, reservation: Reservation, at: datetime) -> None:
    """Close a reservation whose window is over: ended if it ran, failed if it never did.

    Its end may have moved since the row was read, so that is looked at again under its lock.
    """
    with transaction.atomic():
        rows = Reservation.objects.select_for_update(no_key=True, of=("self",))
        row = rows.get(pk=reservation.pk)
        if row.during.upper > at:
            return
        if row.state == State.ACTIVE:
            end(reservation=row, reason=_over(row), at=at)
        elif row.state == State.CONFIRMED:
            if not row.due_micro:  # what is not paid no machine was told of
                note_no_show(row, at)
            give_back(row, State.FAILED, reason="the machine did not start it in its window", at=at)


def _over(row: Reservation) -> str:
    """Why a window that is over is over."""
    if row.rolls_on and row.roll_refused:
        return f"the window is over: {row.get_roll_refused_display()}"
    return GAVE_WAY if row.evict_at == row.during.upper else WINDOW_OVER


def settled(*, reservation: Reservation, at: datetime) -> None:
    """Note that everything of an ended reservation is charged and the rest given back."""
    move(reservation, State.SETTLED, table=MOVES)
