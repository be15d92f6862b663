"""How every bench measures and what it prints."""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping

ROUNDS = 5


def rate(work: Callable[[], int]) -> float:
    """Units per second of one run; `work` returns how many units it did."""
    started = time.perf_counter()
    done = work()
    return done / (time.perf_counter() - started)


def compare(
    *,
    name: str,
    unit: str,
    ours: Callable[[], int],
    reference: Callable[[], int],
    against: str,
    more: Mapping[str, object] | None = None,
    prepare: Callable[[], object] = lambda: None,
) -> None:
    """Run both in turns, print each round and the medians, and last the JSON object.

    `more` are further figures for that object; `prepare` runs before each round, not measured.
    """
    prepare(), ours(), reference()  # warm up: caches, plans, connections
    rows = []
    for _ in range(ROUNDS):
        prepare()
        rows.append((rate(ours), rate(reference)))
    print(f"{name}: {unit} per second, against {against}")
    print(f"{'round':>8}{'ours':>14}{'reference':>14}{'ratio':>9}")
    for place, (mine, other) in enumerate(rows, start=1):
        print(f"{place:>8}{mine:>14.1f}{other:>14.1f}{mine / other:>9.3f}")
    mine, other = (statistics.median(column) for column in zip(*rows, strict=True))
    ratio = statistics.median(mine / other for mine, other in rows)
    print(f"{'median':>8}{mine:>14.1f}{other:>14.1f}{ratio:>9.3f}")
    print(
        json.dumps(
            {
                "name": name,
                "unit": f"{unit}/s",
                "ours": round(mine, 1),
                "reference": round(other, 1),
                "ratio": round(ratio, 3),
                "against": against,
                "machine": machine(),
                **(more or {}),
            }
        )
    )


def machine() -> dict[str, object]:
    """What the figures were taken on."""
    return {
        "cpus": os.cpu_count(),
        "arch": platform.machine(),
        "python": platform.python_version(),
        "system": platform.system(),
    }
