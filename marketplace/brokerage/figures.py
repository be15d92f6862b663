"""What a replay comes to: pure arithmetic over what was lent."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .traces import Demand

#: moments at which the site is looked at, evenly spread over the arrivals
SAMPLES = 400
HOUR = 3600


class Lent(NamedTuple):
    """One GPU of a machine (by its place) for [start, end), in seconds of the virtual clock."""

    machine: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Run:
    """`busy` and `fragmented` are shares from 0 to 1, one for each sample."""

    strategy: str
    asked_gpu_hours: float
    accepted_gpu_hours: float
    asked: int
    accepted: int
    waited_mean_s: float
    waited_p95_s: float
    seconds: float
    busy: Sequence[float]
    fragmented: Sequence[float]

    @property
    def accepted_share(self) -> float:
        return self.accepted_gpu_hours / self.asked_gpu_hours

    def facts(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "strategy": self.strategy,
            "asked": self.asked,
            "accepted": self.accepted,
            "asked_gpu_hours": round(self.asked_gpu_hours, 1),
            "accepted_gpu_hours": round(self.accepted_gpu_hours, 1),
            "accepted_share": round(self.accepted_share, 4),
            "waited_mean_s": round(self.waited_mean_s, 1),
            "waited_p95_s": round(self.waited_p95_s, 1),
            "busy_mean": round(_mean(self.busy), 4),
            "fragmentation_mean": round(_mean(self.fragmented), 7),
            "seconds": round(self.seconds, 1),
            "reservations_per_s": round(self.asked / self.seconds, 1),
        }


def figures(
    *,
    strategy: str,
    machines: Sequence[int],
    demand: Demand,
    lent: Sequence[Lent],
    waited: Sequence[float],
    seconds: float,
) -> Run:
    """Sum up one run; `machines` are the GPUs of each, `waited` the seconds of each accepted."""
    free = _free(machines, lent, demand.tasks[-1].arrival)
    shares = _shares(demand)
    gpus = sum(machines)
    ordered = sorted(waited)
    return Run(
        strategy=strategy,
        asked_gpu_hours=demand.gpu_hours,
        accepted_gpu_hours=sum(one.end - one.start for one in lent) / HOUR,
        asked=len(demand.tasks),
        accepted=len(waited),
        waited_mean_s=_mean(ordered),
        waited_p95_s=ordered[int(len(ordered) * 0.95)] if ordered else 0.0,
        seconds=seconds,
        busy=[1 - sum(each) / gpus for each in free],
        fragmented=[fragmentation(each, shares) for each in free],
    )


def fragmentation(free: Sequence[int], shares: dict[int, float]) -> float:
    """The share of free GPUs that a request, drawn as they are asked for, could not use.

    `free` is how many are free on each machine; `shares` how often so many are asked for.
    """
    total = sum(free)
    if not total:
        return 0.0
    useless = sum(
        share * sum(count for count in free if count < wanted) for wanted, share in shares.items()
    )
    return useless / total


def _shares(demand: Demand) -> dict[int, float]:
    """How much of what is asked for is asked for in gangs of this size, by GPUs."""
    counts: Counter[int] = Counter()
    for task in demand.tasks:
        counts[task.gpus] += task.gpus
    return {gpus: count / counts.total() for gpus, count in counts.items()}


def _free(machines: Sequence[int], lent: Sequence[Lent], last: float) -> list[list[int]]:
    """How many GPUs are free on each machine at each sample."""
    free = [list(machines) for _ in range(SAMPLES)]
    step = last / SAMPLES or 1.0
    for machine, start, end in lent:
        # the samples at (n + 1) * step that lie in [start, end)
        first = max(0, -int(-start // step) - 1)
        for number in range(first, min(SAMPLES, -int(-end // step) - 1)):
            free[number][machine] -= 1
    return free


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
