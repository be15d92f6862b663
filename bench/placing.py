"""A demand trace placed in memory: the functions of the broker without its database."""

import random
import time
from collections.abc import Iterator, Sequence
from itertools import groupby

from marketplace.brokerage.figures import Lent, Run, figures
from marketplace.brokerage.matching import Free
from marketplace.brokerage.placement import STRATEGIES, Host, Together, Wish
from marketplace.brokerage.pools import Pool
from marketplace.brokerage.traces import Demand, Task

US = 1_000_000


def several(demand: Demand, times: int, *, seed: int) -> Demand:
    """The trace so many times over itself, each time turned by a part of its span that is drawn.

    What would arrive after its end arrives at its beginning, so the span stays what it is.
    """
    draw, span = random.Random(seed), demand.tasks[-1].arrival  # noqa: S311  no secret
    turns = [draw.random() * span for _ in range(times)]
    tasks = [
        Task((task.arrival + turn) % span, task.length, task.gpus)
        for turn in turns
        for task in demand.tasks
    ]
    return Demand(sorted(tasks, key=lambda task: task.arrival), demand.left_out)


def place_all(*, machines: Sequence[int], demand: Demand, strategy: str, tick: float = 0) -> Run:
    """What `strategy` accepts when tasks are gathered for `tick` seconds; 0: each as it arrives."""
    hosts = [
        Host(pk, [Free(pk * 100 + index, index) for index in range(gpus)])
        for pk, gpus in enumerate(machines)
    ]
    lent: list[Lent] = []
    waited: list[float] = []
    started = time.perf_counter()
    for at, tasks in _ticks(demand.tasks, tick):
        start = int(at * US)
        for host in hosts:
            host.leases = [lease for lease in host.leases if lease[1] > start]
        pool = Pool(hosts)
        for task in tasks:
            wish = Wish(task.gpus, start, start + task.length * US, 0, Together.MACHINE)
            placed = pool.place(wish, STRATEGIES[strategy])
            if placed is None:
                continue
            [(pk, gpus)] = placed.items()
            hosts[pk].take(wish, gpus)
            pool.noted(hosts[pk])
            lent += [Lent(pk, at, at + task.length)] * task.gpus
            waited.append(at - task.arrival)
    seconds = time.perf_counter() - started
    return figures(
        strategy=strategy,
        machines=machines,
        demand=demand,
        lent=lent,
        waited=waited,
        seconds=seconds,
    )


def _ticks(tasks: Sequence[Task], tick: float) -> Iterator[tuple[float, list[Task]]]:
    """What is placed when: as the replay through the broker has it, or each at once."""
    if not tick:
        yield from ((task.arrival, [task]) for task in tasks)
        return
    for number, group in groupby(tasks, key=lambda task: int(task.arrival // tick)):
        yield (number + 1) * tick, list(group)
