"""Names screened per second, and how many slips are found and made-up names flagged.

Ours: the index of compliance.matching, one name at a time. Reference: rapidfuzz `extractOne` with
`token_sort_ratio` over every listed name. On the published list when it lies beside the project, on
the made-up one otherwise; half of the queries are listed names with one slip, half are names of
nobody. The second table is on seeded sets (`SEED`, `bench.madeup`); their generator is our own and
shares our idea of a slip and of a made-up name.
"""

import importlib.util
import os
import random
import resource
import string
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from rapidfuzz import fuzz, process, utils

from bench import csl, madeup, recall
from bench.report import compare
from compliance.matching import Index, Listed, Query
from compliance.sources.ofac_sdn import OfacSdn

ROOT = Path(__file__).resolve().parents[1]
LISTS = ROOT.parent / "shared" / "data" / "lists"
PUBLISHED = LISTS / "csl" / "consolidated_2022-05.csv"
SAMPLE = ROOT / "compliance" / "data" / "sample_ofac_sdn"
QUERIES = 60
SET = 2000


def listed(folder: Path) -> Iterator[Listed]:
    for entry in OfacSdn().read(folder):
        for name, kind in entry.names:
            yield Listed("ofac_sdn", entry.uid, entry.kind, "", name, kind)


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


def clean(index: Index, seed: int) -> dict[str, int]:
    """Screens per second of processor time on one core, of names that are not listed."""
    rng = random.Random(f"{seed} speed")  # noqa: S311  a bench repeats itself
    made = (("person", madeup.persons), ("organisation", madeup.companies))
    found = {}
    for kind, make in made:
        once, alone = make(SET, rng), make(SET, rng)
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
    seconds = time.perf_counter() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{len(rows)} listed names: index built in {seconds:.1f} s, {grown:.0f} MiB")
    return index, {"names": len(rows), "build_s": round(seconds, 2), "memory_mib": round(grown)}


def main() -> None:
    seed = int(os.environ.get("SEED", "11"))
    rows = list(csl.listed(PUBLISHED) if PUBLISHED.is_file() else listed(SAMPLE))
    index, size = built(rows)
    more = {"index": size, "clean": clean(index, seed), **recall.figures(index, SET, seed)}
    if importlib.util.find_spec("nomenklatura") is None:
        print("logic-v2: not installed, so not compared")
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
