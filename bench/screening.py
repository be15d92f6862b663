"""Names screened per second, and how many slips are found and made-up names flagged.

Ours: the index of compliance.matching, one name at a time. Reference: rapidfuzz `extractOne` with
`token_sort_ratio` over every listed name. On the published list that SET names (csl, ofac, un) when
it lies beside the project, on a made-up one otherwise; half of the queries are listed names with
one slip, half are names of nobody. The second table is on seeded sets (SEED): listed names written
otherwise (`bench.variants`), and persons and firms from Faker and from parts of our own where Faker
has none (`bench.people`, `bench.firms`). Beside logic-v2 where that is installed.
"""

import os
import random
import resource
import string
import time
from collections.abc import Sequence

from rapidfuzz import fuzz, process, utils

from bench import lists, recall
from bench.firms import Firms
from bench.people import People
from bench.report import compare
from compliance.matching import Index, Listed, Query
from compliance.settling import settle

QUERIES = 60
SET = 2000
LETTERED = ("محمد علي", "王小明")


def queries(names: list[str], rng: random.Random) -> list[str]:
    found = []
    for place in range(QUERIES):
        if place % 2:
            name = rng.choice(names)
            slip = rng.randrange(len(name))
            found.append(name[:slip] + rng.choice(string.ascii_uppercase) + name[slip + 1 :])
        else:
            found.append(
                " ".join(
                    "".join(rng.choices(string.ascii_lowercase, k=7)).title() for _ in range(3)
                )
            )
    return found


def clean(index: Index, seed: int) -> dict[str, float]:
    """Screens per second of processor time on one core, of names that are not listed.

    What the index makes only when the first name in Arabic letters or Chinese signs is asked counts
    as building it and is told apart.
    """
    started = time.process_time()
    index.screen_many([Query(name, "person") for name in LETTERED])
    found = {"letters_s": round(time.process_time() - started, 1)}
    made = (("person", People), ("organisation", Firms))
    for kind, make in made:
        names = make(seed + 1000).some(2 * SET)
        once, alone = names[:SET], names[SET:]
        started = time.process_time()
        index.screen_many([Query(name, kind) for name in once])
        batch = time.process_time()
        for name in alone:
            index.screen(name, kind=kind)
        ended = time.process_time()
        found[f"{kind} batch"] = round(SET / (batch - started))
        found[f"{kind} single"] = round(SET / (ended - batch))
    print("clean screens per second and core:", found)
    return found


def built(rows: Sequence[Listed]) -> tuple[Index, dict[str, float]]:
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    index = Index(rows)
    settle(index)
    seconds = time.perf_counter() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{len(rows)} listed names: index built in {seconds:.1f} s, {grown:.0f} MiB")
    return index, {"names": len(rows), "build_s": round(seconds, 2), "memory_mib": round(grown)}


def main() -> None:
    seed = int(os.environ.get("SEED", "11"))
    rows = lists.chosen(os.environ.get("SET", "csl"))
    index, size = built(rows)
    more = {"index": size, "clean": clean(index, seed), **recall.figures(index, SET, seed)}
    plain = [utils.default_process(row.name) for row in rows]
    rng = random.Random(7)  # noqa: S311  a bench repeats itself
    names = [row.name for row in rows]

    def ours() -> int:
        for name in queries(names, rng):
            index.screen(name, kind="")
        return QUERIES

    def reference() -> int:
        for name in queries(names, rng):
            process.extractOne(
                utils.default_process(name), plain, scorer=fuzz.token_sort_ratio, score_cutoff=85
            )
        return QUERIES

    compare(
        name="screening",
        unit="names",
        ours=ours,
        reference=reference,
        against="rapidfuzz token_sort_ratio over every name",
        more=more,
    )


if __name__ == "__main__":
    main()
