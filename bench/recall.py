"""How many slips are found and how many made-up names are flagged, on seeded sets."""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

from bench import logic_v2
from bench.firms import Firms
from bench.people import People
from bench.variants import variants
from compliance.matching import NONE, UNSCREENABLE, Answer, Index, Query

PEER = 2000  # queries of each set that logic-v2 is asked too
Asked = dict[str, list[Query]]


def written(index: Index, count: int, seed: int) -> Asked:
    """Listed names, changed; by what was changed. A name without a kind is asked as a firm."""
    rng = random.Random(f"{seed} listed")  # noqa: S311  a bench repeats itself
    pool = [one for one in index.names if sum(map(str.isalpha, one.name)) > 1]
    asked: Asked = defaultdict(list)
    for listed in rng.sample(pool, min(count, len(pool))):
        kind = "person" if listed.kind == "person" else "organisation"
        for done, name in variants(listed.name, kind, rng):
            asked[done].append(Query(name, kind))
    return asked


def unlisted(count: int, seed: int) -> Asked:
    return {
        "person": [Query(name, "person") for name in People(seed).some(count)],
        "organisation": [Query(name, "organisation") for name in Firms(seed).some(count)],
    }


def recall(index: Index, asked: Asked) -> dict[str, float]:
    """Share of changed listed names that are flagged."""
    return {
        done: round(sum(bool(one.matches) for one in index.screen_many(some)) / len(some), 4)
        for done, some in asked.items()
    }


def verdict(answer: Answer) -> str:
    """What became of a made-up name. An exact namesake can be cleared by no name scorer."""
    if answer.band not in (NONE, UNSCREENABLE):
        told = [why for why in answer.matches[0].reasons if not why.startswith("read as")]
        same = told[0].startswith("the same")
        return "namesakes" if same else "alarms"
    return "not comparable" if answer.problem else "clear"


def alarms(index: Index, queries: Sequence[Query]) -> dict[str, float]:
    """Shares of made-up names: flagged; exact namesakes; sent to review as not comparable."""
    counts = Counter(map(verdict, index.screen_many(queries)))
    told = ("alarms", "namesakes", "not comparable")
    return {name: round(counts[name] / len(queries), 5) for name in told}


def figures(index: Index, count: int, seed: int) -> dict[str, object]:
    """The whole table, printed and returned."""
    asked, made = written(index, count, seed), unlisted(3 * count, seed)
    found = recall(index, asked)
    print(f"flagged of {min(count, len(index.names))} listed names, seed {seed}")
    for done, share in found.items():
        print(f"{done:>16}{share:>10.4f}")
    false = {kind: alarms(index, queries) for kind, queries in made.items()}
    for kind, shares in false.items():
        told = ", ".join(f"{name} {share:.3%}" for name, share in shares.items())
        print(f"{kind:>16}  {told}, of {3 * count} made-up names")
    return {"seed": seed, "recall": found, "false": false, "logic-v2": beside(index, asked, made)}


def beside(index: Index, asked: Asked, made: Asked) -> Mapping[str, object] | None:
    """Both scorers on the first names of every set: flagged by each, and screens a second."""
    if not logic_v2.installed():
        print("logic-v2: not installed, so not compared")
        return None
    peer = logic_v2.LogicV2(index)
    peer.flagged([Query("Warm Up", "person"), Query("Warm Up Ltd", "organisation")])
    print(f"{'':>24}{'ours':>9}{'logic-v2':>10}{'ours/s':>9}{'its/s':>8}{'ratio':>7}")
    made_up = {f"made-up {kind}": some for kind, some in made.items()}
    return {
        name: _pair(name, index, peer, some[:PEER]) for name, some in {**asked, **made_up}.items()
    }


def _pair(
    name: str, index: Index, peer: logic_v2.LogicV2, some: Sequence[Query]
) -> dict[str, float]:
    mine, my_rate = _rated(lambda: [bool(one.matches) for one in index.screen_many(some)])
    its, its_rate = _rated(lambda: peer.flagged(some))
    ratio = round(my_rate / its_rate, 1)
    print(f"{name:>24}{mine:>9.2%}{its:>10.2%}{my_rate:>9.0f}{its_rate:>8.1f}{ratio:>7.1f}")
    rates = {"ours/s": my_rate, "logic-v2/s": its_rate, "ratio": ratio}
    return {"ours": mine, "logic-v2": its, **rates}


def _rated(work: Callable[[], Sequence[bool]]) -> tuple[float, float]:
    started = time.process_time()
    flags = work()
    seconds = time.process_time() - started
    return round(sum(flags) / len(flags), 4), round(len(flags) / seconds, 1)
