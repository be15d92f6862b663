"""Pairs of names to fit `compliance.matching.chance` on, kept on disk for each list and seed.

Right pairs are a listed name written otherwise and the entry it came from, wrong ones a made-up
name and whatever the index proposes for it. Others are only counted: any match flags a query.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench import lists
from bench.firms import Firms
from bench.people import People
from bench.variants import natural, slip, variants
from compliance.matching import Index, Match, Query
from compliance.matching.case import Case
from compliance.matching.chance import way
from compliance.matching.names import Name
from compliance.matching.numbers import NUMBERS
from compliance.matching.scoring import Scorer

KEPT = Path(__file__).resolve().parents[1] / "var" / "fit"
LISTED, MADE = 3000, 6000  # listed names, made-up ones of each kind
MORE = 2  # further queries of each listed name with one slip
MADE_UP = "made-up"
DONE = ("one slip", "two slips", "spelt otherwise", "middle dropped", MADE_UP)
WAYS = ("fewer_words", "one_slip", "two_slips", "unlike")
KINDS = ("other", "person")
WRONG, RIGHT, OTHER = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Pairs:
    """A row for each pair (its signs; query, label, way) and for each query (done, kind, equal)."""

    signs: Any
    pairs: Any
    queries: Any
    names: Any
    beside: Any

    def save(self, place: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(place, **asdict(self))


class Watch(Scorer):
    """Keeps what would be weighed, and weighs nothing."""

    seen: list[tuple[Case, Name, tuple[float, ...]]]

    def fuzzy(self, case: Case, query: Query, name: Name) -> list[Match]:
        if case.slips is not None or case.found.score >= NUMBERS.hopeless:
            self.seen.append((case, name, self.chance.signs(case)))
        return []


def watched(listed: str) -> tuple[Index, Watch]:
    index = Index(lists.chosen(listed))
    own = index._scorer
    watch = Watch(own.bands, own.aligner, own.chance)
    watch.seen = []
    index._scorer = watch
    return index, watch


def asked(index: Index, seed: int) -> Iterator[tuple[str, Query, str]]:
    """What was done, the query, and the uid of the right entry."""
    rng = random.Random(f"{seed} listed")  # noqa: S311  a bench repeats itself
    pool = [one for one in index.names if sum(map(str.isalpha, one.name)) > 1]
    for one in rng.sample(pool, min(LISTED, len(pool))):
        kind = "person" if one.kind == "person" else "organisation"
        for done, name in variants(one.name, kind, rng):
            if done in DONE:
                yield done, Query(name, kind), one.uid
        for _ in range(MORE):
            yield "one slip", Query(slip(natural(one.name, kind), rng), kind), one.uid
    for kind, make in (("person", People), ("organisation", Firms)):
        for name in make(seed).some(MADE):
            yield MADE_UP, Query(name, kind), ""


def gathered(index: Index, watch: Watch, seed: int) -> Pairs:
    signs, pairs, queries, names, beside = [], [], [], [], []
    for number, (done, query, uid) in enumerate(asked(index, seed)):
        watch.seen.clear()
        answer = index.screen(query.name, kind=query.kind)
        queries.append((DONE.index(done), query.kind == "person", bool(answer.matches)))
        names.append(query.name)
        for case, name, told in watch.seen:
            label = WRONG if not uid else RIGHT if name.listed.uid == uid else OTHER
            signs.append(told)
            pairs.append((number, label, WAYS.index(way(case))))
            beside.append(name.listed.name)
    told = np.array(pairs), np.array(queries), np.array(names), np.array(beside)
    return Pairs(np.array(signs, np.float32), *told)


def kept(listed: str, seeds: Sequence[int]) -> Iterator[Pairs]:
    """From disk where it was gathered before; delete the folder when a sign changes."""
    watching = None
    for seed in seeds:
        place = KEPT / f"{listed}_{seed}.npz"
        if not place.exists():
            watching = watching or watched(listed)
            gathered(*watching, seed).save(place)
            print(f"gathered {listed} {seed}", flush=True)
        with np.load(place) as told:
            yield Pairs(**told)
