"""Names screened per second, against a plain scan of the same list with the same library.

Ours: the index of compliance.matching (tokens, legal forms, three forms per name, reasons).
Reference: `rapidfuzz.process.extractOne` with `token_sort_ratio` over every listed name. On the
published list when it lies beside the project, on the made-up one otherwise; half of the queries
are listed names with one slip, half are names of nobody.
"""

import random
import string
from collections.abc import Iterator
from pathlib import Path

from rapidfuzz import fuzz, process, utils

from bench.report import compare
from compliance.matching import Index, Listed
from compliance.sources.ofac_sdn import OfacSdn

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = ROOT.parent / "shared" / "data" / "lists" / "ofac_2021"
SAMPLE = ROOT / "compliance" / "data" / "sample_ofac_sdn"
QUERIES = 60


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


def main() -> None:
    rows = list(listed(PUBLISHED if PUBLISHED.is_dir() else SAMPLE))
    index = Index(rows)
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

    print(f"{len(rows)} listed names")
    compare(
        name="screening",
        unit="names",
        ours=ours,
        reference=reference,
        against="rapidfuzz token_sort_ratio over every name",
    )


if __name__ == "__main__":
    main()
