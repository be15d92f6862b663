"""Who could be asked to go for a request that finds no room: a look, without a lock."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.brokerage.eviction import Contender, choose
from marketplace.brokerage.models import GOING_ON, Lease, Reservation, ReservationQuerySet
from marketplace.brokerage.placement import Host, Placed, Together, Wish, groups, place
from marketplace.core.moments import TICK

from .boards import EPOCH, Board, Wanted
from .windows import LATE, START_SLACK

#: between asking and brokering; so long after the notice the next may begin at the earliest
ROOM = timedelta(seconds=30)
#: who finds no room now begins at most so much later, without being asked
MOST_WAIT = START_SLACK


@dataclass(frozen=True, slots=True)
class Making:
    """GPUs for a request, and the rentals (by primary key) that must go before it begins."""

    placed: Placed
    leaving: tuple[int, ...]


def soonest(row: Reservation, *, at: datetime) -> datetime | None:
    """When an interruptible rental may be ended if it is told at `at`; None: not as things stand.

    After its notice, and not within its paid minimum, which counts from when every part of it ran.
    What has yet to begin is left to begin; once it is late it has nothing but its notice to lose.
    """
    told = at + timedelta(seconds=row.offer.spot_notice_s)
    begun = [part.started_at for part in row.assignments.all() if part.withdrawn_at is None]
    starts = [moment for moment in begun if moment is not None]
    if len(starts) < len(begun):
        return told if at >= row.during.lower + LATE else None
    return max(told, max(starts) + timedelta(seconds=row.offer.spot_minimum_s))


def anybody_may_go() -> bool:
    """Whether anything that runs may be interrupted at all: most markets have none to ask."""
    return _going_on().exists()


def make_room(*, asked: Wanted, bid_micro: int | None, at: datetime) -> Making | None:
    """The GPUs to take and who must go for them; None when nobody's going would do.

    `bid_micro` None: it is asked for at the full price, which goes before every bid.

    Nobody must go where those in the way went by themselves since the caller looked: they might
    have been asked to until then, so there was room all along.
    """
    made = _made(asked, _Look(asked, bid_micro), at) if anybody_may_go() else None
    if made is None:
        placed = Board([asked]).place(asked)
        return Making(placed, ()) if placed else None
    return made


def first_room(
    *, asked: Wanted, bid_micro: int | None, at: datetime, latest: datetime
) -> datetime | None:
    """The first moment, from the start that was asked for to `latest`, for which room can be made.

    The length stays; None when there is no such moment.
    """
    if not anybody_may_go():
        return None
    within = asked._replace(end=asked.end + max(timedelta(0), latest - asked.start))
    look = _Look(within, bid_micro)
    moments = {asked.start}
    for row in look.rows.values():
        leaves = soonest(row, at=at)
        if leaves is not None:
            moments.add(leaves + timedelta(seconds=row.offer.cleaning_s) + ROOM)
    for start in sorted(moments):
        later = asked._replace(start=start, end=start + (asked.end - asked.start))
        if asked.start <= start <= latest and _made(later, _Look(later, bid_micro), at):
            return start
    return None


class _Look:
    """The machines that would do, what bars each GPU, and which of that may be asked to go."""

    def __init__(self, asked: Wanted, bid_micro: int | None) -> None:
        self.hosts = Board([asked]).hosts(asked)
        gpus = [gpu.pk for host in self.hosts for gpu in host.gpus]
        leases = Lease.objects.live().barring(asked.start, asked.until).filter(gpu__in=gpus)
        bars: dict[int, set[int]] = defaultdict(set)
        for gpu, row in leases.values_list("gpu", "assignment__reservation"):
            bars[gpu].add(row)
        self.bars: Mapping[int, set[int]] = bars
        self.rows = _interruptible(set().union(*bars.values()), bid_micro)


def _going_on() -> ReservationQuerySet:
    return Reservation.objects.filter(GOING_ON)


def _interruptible(rows: Iterable[int], bid_micro: int | None) -> dict[int, Reservation]:
    found = _going_on().filter(pk__in=rows)
    if bid_micro is not None:
        found = found.filter(price_micro_per_gpu_hour__lt=bid_micro)
    return {row.pk: row for row in found.select_related("offer").prefetch_related("assignments")}


def _made(asked: Wanted, look: _Look, at: datetime) -> Making | None:
    goers = {pk for pk, row in look.rows.items() if _in_time(row, asked.start, at)}
    found: list[tuple[tuple[int, ...], Sequence[Host], Sequence[Contender]]] = []
    for hosts in _sets(look.hosts, asked.wish):
        free = sum(len(host.free(asked.wish)) for host in hosts)
        contenders = _contenders(hosts, look, goers)
        chosen = choose(contenders, asked.gpus - free) if free < asked.gpus else None
        if chosen:
            loss = tuple(map(sum, zip(*(one.loss for one in chosen), strict=True)))
            found.append((loss, hosts, chosen))
    if not found:
        return None
    _, where, leaving = min(found, key=lambda one: one[0])
    _vacate(where, {gpu for one in leaving for gpu in one.gpus})
    placed = place(where, asked.wish)
    return Making(placed, tuple(one.pk for one in leaving)) if placed else None


def _sets(hosts: Sequence[Host], wish: Wish) -> Iterable[Sequence[Host]]:
    """Machines whose GPUs count together."""
    if wish.together == Together.MACHINE:
        return [[host] for host in hosts]
    return groups(hosts, wish)


def _in_time(row: Reservation, start: datetime, at: datetime) -> bool:
    """Whether it may have gone, and its GPUs be clean, when the other begins."""
    leaves, may = leaves_by(row, start), soonest(row, at=at)
    return may is not None and may <= leaves < row.during.upper


def leaves_by(row: Reservation, start: datetime) -> datetime:
    """When it has to end for another to begin at `start`: as late as can be."""
    return start - timedelta(seconds=row.offer.cleaning_s)


def _contenders(hosts: Sequence[Host], look: _Look, goers: set[int]) -> list[Contender]:
    """Only GPUs that a single rental bars are won by its going."""
    won: dict[int, set[int]] = defaultdict(set)
    for host in hosts:
        for gpu in host.gpus:
            bars = look.bars.get(gpu.pk, set())
            if len(bars) == 1 and bars <= goers:
                won[next(iter(bars))].add(gpu.pk)
    return [
        Contender(
            pk,
            look.rows[pk].price_micro_per_gpu_hour,
            (look.rows[pk].during.lower - EPOCH) // TICK,
            frozenset(gpus),
        )
        for pk, gpus in won.items()
    ]


def _vacate(hosts: Iterable[Host], gpus: set[int]) -> None:
    for host in hosts:
        host.leases = [lease for lease in host.leases if lease[2] not in gpus]
