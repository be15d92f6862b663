"""Strategies of placement on a demand trace: NODES=... TASKS=... make bench NAME=replay

1. The whole trace on all its machines through the real broker, once for each strategy, arrivals
   squeezed 20,000-fold, so that not everything finds room. The same in memory must come to the
   same. Squeezed less, and as published, everything is accepted, which is shown.
2. The whole trace ten times over, each time turned by a part of its span that is drawn, on all
   machines in memory: a load that lasts, so that what one rental leaves is room for another.
3. A 40th of the machines from eight different firsts, each task as it arrives, three squeezes:
   small sites, where a single task is an eighth of all GPU-hours asked for.

DRAWS=8 draws more than one for the second, whose figures differ by what becomes of few large tasks.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import mean
from typing import Any

from bench.report import machine
from bench.world import world

FULL, TICK = 20_000, timedelta(seconds=5)
#: with these nothing is refused; as published is 1
LIGHT = (1, 1_000, 10_000)
#: so many moments at which a light load is placed
MOMENTS = 500
TIMES, LOADS = 10, (80, 120, 160, 200)
DRAWS = int(os.environ.get("DRAWS", "1"))
EVERY, FIRSTS = 40, range(0, 40, 5)
SQUEEZES = (10, 20, 40)
#: an imported list stays fresh for the whole of the virtual time
HOURS = 24 * 366
Rows = dict[str, list[Any]]


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say how long it took by the clock, and what of that two processors worked."""
    before = time.perf_counter(), _worked(), _postgres()
    yield
    after = time.perf_counter(), _worked(), _postgres()
    wall, cpu, sql = (end - begin for begin, end in zip(before, after, strict=True))
    print(f"{what}: {wall:.0f} s, of which Python worked {cpu:.0f} and PostgreSQL {sql:.0f}")


def _worked() -> float:
    """Processor seconds of this process and of those that it started and that are done."""
    return sum(os.times()[:4])


def _postgres() -> float:
    """Processor seconds of the database's process for us."""
    from django.db import connection

    connection.ensure_connection()
    stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text()
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def through_the_broker(machines: Sequence[int], demand: Any) -> list[dict[str, Any]]:
    """Every strategy; each must place in memory what it placed in the database."""
    from bench.placing import place_all
    from compliance.models import ListSource
    from marketplace.brokerage import services as brokerage
    from marketplace.brokerage.placement import STRATEGIES
    from marketplace.brokerage.services.replaying import replay
    from tests.make import NOON

    ListSource.objects.update(max_age_hours=HOURS)
    told = []
    for name in STRATEGIES:
        with timed(name):
            run = replay(machines=machines, demand=demand, strategy=name, tick=TICK, at=NOON)
        again = place_all(
            machines=machines, demand=demand, strategy=name, tick=TICK.total_seconds()
        )
        assert again.accepted == run.accepted  # noqa: S101
        assert abs(again.accepted_gpu_hours - run.accepted_gpu_hours) < 1e-3  # noqa: S101
        told.append(run.facts())
        print(told[-1])
    assert brokerage.sold_twice() == []  # noqa: S101
    return told


def light(machines: Sequence[int], demand_of: Any) -> list[dict[str, Any]]:
    """What is accepted when the trace is squeezed less: all of it."""
    rows = []
    for squeeze in LIGHT:
        demand = demand_of(squeeze)
        tick = demand.tasks[-1].arrival / MOMENTS
        rows.append(_row(squeeze, _by_strategy([(machines, demand)], tick=tick)))
    return rows


def lasting(machines: Sequence[int], demand_of: Any) -> list[dict[str, Any]]:
    """The trace many times over on all machines."""
    from bench.placing import several

    rows = []
    for squeeze in LOADS:
        demands = [several(demand_of(squeeze), TIMES, seed=seed) for seed in range(DRAWS)]
        tick = demands[0].tasks[-1].arrival / MOMENTS
        rows.append(_row(squeeze, _by_strategy([(machines, one) for one in demands], tick=tick)))
    return rows


def small(nodes: Sequence[int], demand_of: Any) -> list[dict[str, Any]]:
    """Samples of the machines, each of them a site that meets the whole demand."""
    sites = [nodes[first::EVERY] for first in FIRSTS]
    rows = []
    for squeeze in SQUEEZES:
        demand = demand_of(squeeze)
        rows.append(_row(squeeze, _by_strategy([(site, demand) for site in sites], tick=0)))
    return rows


def _by_strategy(cases: Sequence[tuple[Sequence[int], Any]], *, tick: float) -> Rows:
    """Each case with each strategy, on all processors."""
    from bench.placing import place_all
    from marketplace.brokerage.placement import STRATEGIES

    # forked ones would share our connection to the database
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as others:
        asked = {
            name: [
                others.submit(place_all, machines=site, demand=demand, strategy=name, tick=tick)
                for site, demand in cases
            ]
            for name in STRATEGIES
        }
        return {name: [one.result() for one in found] for name, found in asked.items()}


def _row(squeeze: float, runs: Rows) -> dict[str, Any]:
    """Means over the cases, and in how many of them ours was best; equal to 4 digits is best."""
    row: dict[str, Any] = {"squeeze": squeeze, "cases": len(runs["ours"])}
    for figure, of, better in (
        ("accepted", lambda run: run.accepted_share, max),
        ("fragmentation", lambda run: mean(run.fragmented), min),
    ):
        values = {name: [round(of(run), 4) for run in found] for name, found in runs.items()}
        row[figure] = {name: round(mean(each), 5) for name, each in values.items()}
        best = [better(case) for case in zip(*values.values(), strict=True)]
        row[f"{figure}_ours_best"] = sum(map(float.__eq__, values["ours"], best))
    print(row)
    return row


def main() -> None:
    try:
        nodes_at, tasks_at = Path(os.environ["NODES"]), Path(os.environ["TASKS"])
    except KeyError as error:
        sys.exit(
            f"{error} is not set; write: NODES=nodes.csv TASKS=tasks.csv make bench NAME=replay"
        )
    with world():
        from marketplace.brokerage.traces import read_nodes, read_tasks

        def demand_of(squeeze: float) -> Any:
            with tasks_at.open(newline="") as lines:
                return read_tasks(lines, name=tasks_at.name, squeeze=squeeze)

        with nodes_at.open(newline="") as lines:
            nodes = read_nodes(lines, name=nodes_at.name)
        parts: dict[str, Callable[[], Any]] = {
            "broker": partial(through_the_broker, nodes, demand_of(FULL)),
            "light": partial(light, nodes, demand_of),
            "lasting": partial(lasting, nodes, demand_of),
            "small": partial(small, nodes, demand_of),
        }
        told: dict[str, Any] = {"name": "replay", "machine": machine()}
        for name, part in parts.items():
            with timed(f"part {name}"):
                told[name] = part()
        print(json.dumps(told))


if __name__ == "__main__":
    main()
