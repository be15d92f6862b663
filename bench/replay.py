"""Strategies of placement on a demand trace: NODES=... TASKS=... make bench NAME=replay

First through the real broker, once for each strategy: every 40th machine, arrivals squeezed
20-fold, a batch a minute of virtual time. One such run is chance: a single task is an eighth of all
GPU-hours asked for. So then the same function in memory, each task as it arrives, on every 40th
machine from eight different firsts and with three squeezes: means, and how often ours was best.
"""

import json
import os
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from statistics import mean
from typing import Any

from bench.report import machine
from bench.world import world

EVERY, FIRSTS = 40, range(0, 40, 5)
SQUEEZES = (10, 20, 40)
TICK = timedelta(minutes=1)
#: an imported list stays fresh for the whole of the virtual time
HOURS = 24 * 366


def through_the_broker(machines: Sequence[int], demand: Any) -> dict[str, dict[str, Any]]:
    from compliance.models import ListSource
    from marketplace.brokerage import services as brokerage
    from marketplace.brokerage.placement import STRATEGIES
    from marketplace.brokerage.services.replaying import replay
    from tests.make import NOON

    ListSource.objects.update(max_age_hours=HOURS)
    runs = {
        name: replay(machines=machines, demand=demand, strategy=name, tick=TICK, at=NOON).facts()
        for name in STRATEGIES
    }
    assert brokerage.sold_twice() == []  # noqa: S101
    return runs


def in_memory(machines: Sequence[int], demand: Any, strategy: Any) -> float:
    """The share of the asked GPU-hours that found room."""
    from marketplace.brokerage.matching import Free
    from marketplace.brokerage.placement import Host, Together, Wish, place

    hosts = [
        Host(pk, [Free(pk * 100 + index, index) for index in range(gpus)])
        for pk, gpus in enumerate(machines)
    ]
    accepted = 0.0
    for task in demand.tasks:
        start = int(task.arrival * 1_000_000)
        wish = Wish(task.gpus, start, start + task.length * 1_000_000, 0, Together.MACHINE)
        for host in hosts:
            host.leases = [lease for lease in host.leases if lease[1] > start]
        if placed := place(hosts, wish, strategy):
            accepted += task.gpus * task.length / 3600
            for pk, gpus in placed.items():
                hosts[pk].take(wish, gpus)
    return float(accepted / demand.gpu_hours)


def ensemble(nodes: Sequence[int], demand_of: Any) -> list[dict[str, Any]]:
    from marketplace.brokerage.placement import STRATEGIES

    rows = []
    for squeeze in SQUEEZES:
        demand = demand_of(squeeze)
        shares = {
            name: [in_memory(nodes[first::EVERY], demand, strategy) for first in FIRSTS]
            for name, strategy in STRATEGIES.items()
        }
        others = [max(pair) for pair in zip(shares["first-fit"], shares["best-fit"], strict=True)]
        best = sum(a >= b for a, b in zip(shares["ours"], others, strict=True))
        means = {name: round(mean(values), 4) for name, values in shares.items()}
        rows.append({"squeeze": squeeze, **means, "ours_best_of_8": best})
        print(rows[-1])
    return rows


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
        runs = through_the_broker(nodes[::EVERY], demand_of(20))
        for run in runs.values():
            print(run)
        rows = ensemble(nodes, demand_of)
        told = {"name": "replay", "broker": runs, "memory": rows, "machine": machine()}
        print(json.dumps(told))


if __name__ == "__main__":
    main()
