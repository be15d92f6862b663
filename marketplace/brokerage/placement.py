"""Which machines to take for which windows: pure, so that it can be measured and replaced.

Moments are whole microseconds, as exact as the windows of the database.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from .matching import Free, pick

#: GPUs by machine, both as primary keys
Placed = dict[int, tuple[int, ...]]


class Together(StrEnum):
    """How close to each other the GPUs of one reservation must be."""

    OFFER = "offer"  # on the machine of the offer that was chosen
    MACHINE = "machine"  # on one machine, whichever of the equal ones of the site
    FABRIC = "fabric"  # on machines that share a fabric, or on one
    SITE = "site"  # anywhere in the site


@dataclass(frozen=True, slots=True)
class Wish:
    """`count` GPUs for [start, end); `machine` is that of the offer."""

    count: int
    start: int
    end: int
    machine: int
    together: Together = Together.OFFER


@dataclass(slots=True)
class Host:
    """A machine: its GPUs that can be rented, and (start, end, GPU) of every lease on it."""

    pk: int
    gpus: Sequence[Free]
    fabric: str = ""
    leases: list[tuple[int, int, int]] = field(default_factory=list)

    def free(self, wish: Wish) -> Sequence[Free]:
        """The GPUs that no lease holds in any part of the window."""
        taken = {gpu for start, end, gpu in self.leases if start < wish.end and wish.start < end}
        return [gpu for gpu in self.gpus if gpu.pk not in taken] if taken else self.gpus

    def at_most(self, moment: int) -> int:
        """How many GPUs a window that begins then can find free at most, however short it is."""
        taken = {gpu for start, end, gpu in self.leases if start <= moment < end}
        return sum(gpu.pk not in taken for gpu in self.gpus) if taken else len(self.gpus)

    def take(self, wish: Wish, gpus: Iterable[int]) -> None:
        self.leases.extend((wish.start, wish.end, gpu) for gpu in gpus)

    def idle(self, wish: Wish) -> int:
        """For how much of the window nothing else runs on the machine, in microseconds."""
        idle, reached, later = 0, wish.start, []
        for lease in self.leases:
            if lease[0] > wish.start:
                later.append(lease)
            elif lease[1] > reached:  # what runs when the window begins leaves no gap
                reached = lease[1]
        for start, end, _ in sorted(later):
            if start >= wish.end:
                break
            idle += max(0, start - reached)
            reached = max(reached, end)
        return idle + max(0, wish.end - reached)

    def outlasted(self, wish: Wish) -> int:
        """How long after the window the last lease that runs at its end goes on."""
        last = wish.end
        for start, end, _ in self.leases:
            if start <= wish.end and end > last:
                last = end
        return last - wish.end


#: the less, the sooner a host with so many GPUs free is taken
Strategy = Callable[[Host, Wish, int], tuple[int, ...]]


def first_fit(host: Host, wish: Wish, free: int) -> tuple[int, ...]:
    """The first machine that has room."""
    return (host.pk,)


def best_fit(host: Host, wish: Wish, free: int) -> tuple[int, ...]:
    """The machine on which least stays free."""
    return free, host.pk


def ours(host: Host, wish: Wish, free: int) -> tuple[int, ...]:
    """Best fit in time as well: a market with windows knows when each lease ends.

    The machine whose busy time grows least, in GPU-time; then the one whose leases end soonest
    after this; then the fullest. So machines fall free as a whole, and large requests find room.
    """
    return host.idle(wish) * len(host.gpus), host.outlasted(wish), free, host.pk


STRATEGIES: dict[str, Strategy] = {"first-fit": first_fit, "best-fit": best_fit, "ours": ours}


def place(hosts: Sequence[Host], wish: Wish, strategy: Strategy = ours) -> Placed | None:
    """Choose the GPUs, all or nothing, on as few machines as can be; None when they do not fit.

    `hosts` are the machines of one site that the wish may use. Marks nothing as taken.
    """
    if wish.count <= 0:
        raise ValueError("at least one GPU")
    found = [_gather(group, wish, strategy) for group in groups(hosts, wish)]
    return min((one for one in found if one), key=len, default=None)


def room(hosts: Sequence[Host], wish: Wish) -> int:
    """The most GPUs that could be had like this, whatever `wish.count` says."""
    if wish.together == Together.MACHINE:
        return max((len(host.free(wish)) for host in hosts), default=0)
    sums = [sum(len(host.free(wish)) for host in group) for group in groups(hosts, wish)]
    return max(sums, default=0)


def groups(hosts: Sequence[Host], wish: Wish) -> Iterable[Sequence[Host]]:
    """Sets of machines within each of which the wish may be met."""
    match wish.together:
        case Together.OFFER:
            return [[host for host in hosts if host.pk == wish.machine]]
        case Together.FABRIC:
            found: dict[str, list[Host]] = {}
            for host in hosts:
                # a machine without one is a fabric of its own
                found.setdefault(host.fabric or f" {host.pk}", []).append(host)
            return found.values()
        case _:
            return [hosts]


def _gather(hosts: Sequence[Host], wish: Wish, strategy: Strategy) -> Placed | None:
    """One machine if one has room, else the emptiest ones and the rest where it fits best."""
    left = {host.pk: (host, free) for host in hosts if (free := host.free(wish))}
    placed: Placed = {}
    need = wish.count
    while need and left:
        enough = [(host, free) for host, free in left.values() if len(free) >= need]
        if enough:
            host, free = min(enough, key=lambda one: strategy(one[0], wish, len(one[1])))
        elif wish.together in (Together.OFFER, Together.MACHINE):
            return None
        else:
            host, free = max(left.values(), key=lambda one: (len(one[1]), -one[0].pk))
        taken = pick(free, min(need, len(free)))
        assert taken is not None  # noqa: S101  as many are free
        placed[host.pk] = taken
        need -= len(taken)
        del left[host.pk]
    return None if need else placed
