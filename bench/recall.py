"""How many slips are found and how many made-up names are flagged, on seeded sets."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence

from bench import madeup
from compliance.matching import NONE, UNSCREENABLE, Index, Query


def recall(index: Index, count: int, seed: int) -> dict[str, float]:
    """Share of changed listed names that are flagged, by what was changed."""
    rng = random.Random(f"{seed} listed")  # noqa: S311  a bench repeats itself
    pool = [one for one in index.names if sum(map(str.isalpha, one.name)) > 1]
    asked: dict[str, list[Query]] = defaultdict(list)
    for listed in rng.sample(pool, min(count, len(pool))):
        kind = "person" if listed.kind == "person" else "organisation"
        for done, name in madeup.variants(listed.name, kind, rng):
            asked[done].append(Query(name, kind))
    return {done: _flagged(index, queries) for done, queries in asked.items()}


def _flagged(index: Index, queries: Sequence[Query]) -> float:
    found = sum(bool(answer.matches) for answer in index.screen_many(queries))
    return round(found / len(queries), 4)


def alarms(index: Index, names: Sequence[str], kind: str) -> dict[str, float]:
    """Shares of made-up names: flagged, of those exact namesakes, and refused as not comparable."""
    counts: Counter[str] = Counter()
    for answer in index.screen_many([Query(name, kind) for name in names]):
        if answer.band not in (NONE, UNSCREENABLE):
            counts["namesakes" if answer.matches[0].score >= 0.99 else "alarms"] += 1
        elif answer.problem:
            counts["not comparable"] += 1
    told = ("alarms", "namesakes", "not comparable")
    return {name: round(counts[name] / len(names), 5) for name in told}


def figures(index: Index, count: int, seed: int) -> dict[str, object]:
    """The whole table, printed and returned."""
    found = recall(index, count, seed)
    print(f"flagged of {min(count, len(index.names))} listed names, seed {seed}")
    for done, share in found.items():
        print(f"{done:>16}{share:>10.4f}")
    sets = {
        "person": madeup.persons(3 * count, random.Random(f"{seed} persons")),  # noqa: S311
        "organisation": madeup.companies(3 * count, random.Random(f"{seed} firms")),  # noqa: S311
    }
    false = {kind: alarms(index, names, kind) for kind, names in sets.items()}
    for kind, shares in false.items():
        told = ", ".join(f"{name} {share:.3%}" for name, share in shares.items())
        print(f"{kind:>16}  {told}, of {3 * count} made-up names")
    return {"seed": seed, "recall": found, "false": false}
