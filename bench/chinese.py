"""How many Entity List firms in China are found by their Chinese legal names.

The set (tests/compliance/data/chinese_firms.csv) was compiled by hand from the firms' own public
names, so it is not independent; it is halved by a hash of the name, the gloss was made with the
misses of the half called `tuning`, and those of the other half were never looked at. Found: the
right entry is among the matches. Review: another match, or the name cannot be compared. A third
outcome, cleared, must not come.
"""

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import csl
from bench.lists import FILES
from bench.report import machine
from compliance.matching import NONE, Answer, Index, Query

PUBLISHED = FILES["csl"]

ROOT = Path(__file__).resolve().parents[1]
SET = ROOT / "tests" / "compliance" / "data" / "chinese_firms.csv"
FOUND, REVIEW, CLEARED = "found", "review", "cleared"
TUNING, KEPT = "tuning", "kept apart"


@dataclass(frozen=True, slots=True)
class Firm:
    name: str
    entries: frozenset[str]

    @property
    def half(self) -> str:
        return TUNING if hashlib.sha256(self.name.encode()).digest()[0] % 2 else KEPT


def firms() -> Iterator[Firm]:
    with SET.open(encoding="utf-8", newline="") as opened:
        rows = csv.DictReader(line for line in opened if not line.startswith("#"))
        for row in rows:
            yield Firm(row["native_name"], frozenset(row["entries"].split("; ")))


def outcomes(index: Index) -> Iterator[tuple[Firm, str, Answer]]:
    """Each firm, what became of it, and the answer."""
    entries = {one.uid: " ".join(one.name.split()) for one in index.names if _first(one.name_kind)}
    asked = list(firms())
    answers = index.screen_many([Query(firm.name, "organisation") for firm in asked])
    for firm, answer in zip(asked, answers, strict=True):
        named = {entries[match.listed.uid] for match in answer.matches}
        cleared = CLEARED if answer.band == NONE else REVIEW
        yield firm, FOUND if named & firm.entries else cleared, answer


def _first(name_kind: str) -> bool:
    return name_kind == "primary"


def shares(index: Index) -> dict[str, dict[str, float]]:
    """Outcomes as shares, of all firms and of each half."""
    counts: dict[str, Counter[str]] = {part: Counter() for part in ("all", TUNING, KEPT)}
    for firm, outcome, _ in outcomes(index):
        counts["all"][outcome] += 1
        counts[firm.half][outcome] += 1
    return {
        part: {
            "firms": count.total(),
            **{one: round(count[one] / count.total(), 4) for one in (FOUND, REVIEW, CLEARED)},
        }
        for part, count in counts.items()
    }


def main() -> None:
    if not PUBLISHED.is_file():
        raise SystemExit(f"the published list is not there: {PUBLISHED.name}")
    found = shares(Index(csl.listed(PUBLISHED)))
    for part, told in found.items():
        print(f"{part:>12}  " + ", ".join(f"{name} {share:g}" for name, share in told.items()))
    print(json.dumps({"name": "chinese", **found, "machine": machine()}))


if __name__ == "__main__":
    main()
