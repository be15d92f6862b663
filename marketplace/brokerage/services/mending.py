"""What happens to a booking when a machine of it does not answer."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.brokerage.models import (
    Assignment,
    IfLost,
    Lease,
    MachineFailure,
    Notice,
    Reservation,
)
from marketplace.brokerage.placement import Host, Together, Wish, place
from marketplace.brokerage.states import MOVES, LeaseState, Observed, State
from marketplace.catalog.models import Machine
from marketplace.catalog.states import MachineState
from marketplace.core import changes
from marketplace.core.states import IllegalMove

from .boards import Board, Wanted
from .brokering import PICKS, lock_gpus
from .failures import Failure, note_failure
from .running import end
from .telling import tell_noticed

#: before its start a machine may be silent; so long before, another one is looked for
MEND_AHEAD = timedelta(minutes=30)
#: a machine that is lost may come back within this, whatever was instructed
LOST_GRACE = timedelta(minutes=10)


def broken(*, at: datetime) -> QuerySet[Assignment]:
    """Parts that are to begin soon, or should have, on machines that do not answer."""
    soon = Reservation.objects.filter(
        state=State.CONFIRMED,
        during__startswith__lte=at + MEND_AHEAD,
        during__endswith__gt=at,
    )
    waiting = Assignment.objects.wanted().filter(reservation__in=soon, started_at__isnull=True)
    return waiting.exclude(machine__state=MachineState.ONLINE).order_by("pk")


def replace(*, assignment: Assignment, at: datetime) -> Assignment | None:
    """Let an equal machine of the site stand in for one that does not answer before the start.

    Equal: as for gangs, so price, terms, law and who is paid stay. All GPUs of the part move
    together, or none. Returns the new part; None when it answers again, has begun, or nothing
    suits; then that is noted once and the renter told. Safe to run twice.
    """
    for _ in range(PICKS):
        found = _stand_in(assignment)
        try:
            with transaction.atomic():
                part = _locked(assignment)
                if part is None:
                    return None
                if found is None:
                    note_failure(part, Failure.UNREACHABLE, at)
                    _tell(part.reservation, Notice.Kind.UNREACHABLE, at)
                    return None
                return _move(part, *found, at)
        except IntegrityError as error:
            if "lease_gpu_sold_once" not in str(error):
                raise
    return None


def lost(*, at: datetime) -> QuerySet[Assignment]:
    """Parts that should run, on machines that do not answer."""
    running = Assignment.objects.wanted().filter(
        reservation__state=State.ACTIVE,
        reservation__during__endswith__gt=at,
        observed__in=[Observed.STARTING, Observed.RUNNING],
    )
    return running.exclude(machine__state=MachineState.ONLINE).order_by("pk")


def answer_loss(*, assignment: Assignment, at: datetime) -> None:
    """Note a loss once and tell the renter; after LOST_GRACE do as the renter instructed.

    Until the renter decides it is waited for; what was not delivered is not charged.
    """
    with transaction.atomic():
        rows = Reservation.objects.select_for_update(no_key=True, of=("self",))
        row = rows.get(pk=assignment.reservation_id)
        if row.state != State.ACTIVE:
            return
        since = note_failure(assignment, Failure.LOST, at)
        _tell(row, Notice.Kind.LOST, since)
        if row.if_lost == IfLost.END and since + LOST_GRACE <= at:
            end(reservation=row, reason="its machine was lost, and so it was to end", at=at)


def instruct(*, reservation: Reservation, if_lost: str, by: User | None, at: datetime) -> None:
    """Say what shall become of it if a machine is lost. Raises IllegalMove once it is over."""
    going_on = [state for state in MOVES if MOVES[state] and state != State.ENDED]
    rows = Reservation.objects.filter(pk=reservation.pk, state__in=going_on)
    with transaction.atomic():
        if not rows.update(if_lost=IfLost(if_lost)):
            raise IllegalMove(f"{reservation} is over; there is nothing left to instruct")
        trail(verb="instructed", subject=reservation, by=by, at=at, if_lost=if_lost)
        changes.after_commit(reservation)


def _stand_in(part: Assignment) -> tuple[Machine, tuple[int, ...]] | None:
    """A machine that could take the part, and its GPUs; a look, without a lock."""
    row = part.reservation
    count = part.leases.count()
    if not count:
        return None  # it moved meanwhile, which the lock will show
    if row.interruptible or row.resumes_id:
        # a bid is for one machine, what others take of bids is not known to be equal; and a
        # workspace lies on one
        return None
    window = row.during
    asked = Wanted(row.offer, count, window.lower, window.upper, Together.SITE)
    hosts = list(_suitable(Board([asked]).hosts(asked), part))
    _leave_used(hosts, window.lower)
    seen = asked.wish
    wish = Wish(count, seen.start, seen.end, seen.machine, Together.MACHINE)
    placed = place(hosts, wish)
    if not placed:
        return None
    [(machine, gpus)] = placed.items()
    return Machine.objects.get(pk=machine), gpus


def _suitable(hosts: Iterable[Host], part: Assignment) -> Iterable[Host]:
    """Without machines that it had or has; where the others share a fabric, only those on it."""
    row = part.reservation
    parts = list(row.assignments.select_related("machine"))
    used = {other.machine_id for other in parts}
    fabrics = {
        other.machine.fabric
        for other in parts
        if row.together == Together.FABRIC and other.pk != part.pk and other.withdrawn_at is None
    }
    for host in hosts:
        if host.pk not in used and (not fabrics or fabrics == {host.fabric}):
            yield host


def _leave_used(hosts: Iterable[Host], start: datetime) -> None:
    """Take out GPUs that somebody else had after `start`: history shows each sold once."""
    pks = [gpu.pk for host in hosts for gpu in host.gpus]
    ended = Lease.objects.filter(gpu__in=pks, state=LeaseState.ENDED, ended_at__gt=start)
    used = set(ended.values_list("gpu", flat=True))
    for host in hosts:
        host.gpus = [gpu for gpu in host.gpus if gpu.pk not in used]


def _locked(seen: Assignment) -> Assignment | None:
    """The part under its reservation's lock, if it still waits on a silent machine."""
    rows = Reservation.objects.select_for_update(no_key=True, of=("self",))
    row = rows.filter(pk=seen.reservation_id, state=State.CONFIRMED).first()
    waiting = Assignment.objects.wanted().filter(pk=seen.pk, started_at__isnull=True)
    part = waiting.exclude(machine__state=MachineState.ONLINE).select_related("machine").first()
    if row is None or part is None:
        return None
    part.reservation = row
    return part


def _move(part: Assignment, machine: Machine, gpus: tuple[int, ...], at: datetime) -> Assignment:
    row = part.reservation
    lock_gpus(gpus)
    made = Assignment.objects.create(reservation=row, machine=machine, created_at=at)
    for lease, gpu in zip(part.leases.order_by("pk"), sorted(gpus), strict=True):
        Lease.objects.filter(pk=lease.pk).update(gpu_id=gpu, assignment=made)
    Assignment.objects.filter(pk=part.pk).update(withdrawn_at=at, generation=F("generation") + 1)
    MachineFailure.objects.create(
        reservation=row,
        machine=part.machine,
        kind=Failure.UNREACHABLE,
        replaced_by=machine,
        at=at,
        created_at=at,
    )
    _tell(row, Notice.Kind.REPLACED, at)
    trail(verb="replaced a machine of", subject=row, by=None, at=at, machine=machine.name)
    return made


def _tell(row: Reservation, kind: Notice.Kind, at: datetime) -> None:
    notice = Notice(reservation=row, kind=kind, about=at, noted_at=at, created_at=at)
    if kind == Notice.Kind.UNREACHABLE:
        notice.about = row.during.lower  # once for each start
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    tell_noticed(noticed=[notice], at=at)
    changes.after_commit(row)
