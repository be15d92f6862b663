"""Fits the weights of `compliance.matching.chance`: `python -m bench.fit 71 72 73`.

Pairs of a slipped name with the name it came from against pairs of a made-up name with a listed
one, both as the index proposes them; logistic regression with a small ridge. The seeds given here
must not be those that figures are reported for. Prints the weights and what each bound would give.
"""

import random
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from bench import lists
from bench.firms import Firms
from bench.people import People
from bench.variants import variants
from compliance.matching import Index, Listed, Query, chance, tokens
from compliance.matching.rules import Case

COUNT = 3000  # listed names for each seed
DONE = ("one slip", "two slips", "spelt otherwise")
RIDGE = 0.3
ROUNDS = 30

Seen = list[tuple[Case, tuple[float, ...]]]


class Watch(chance.Chance):
    """Lets everything pass and keeps what it was shown."""

    shown: Seen

    def odds(self, case: Case) -> float:
        self.shown.append((case, self.signs(case)))
        return float("inf")


def watched(rows: Sequence[Listed]) -> tuple[Index, Watch]:
    index = Index(rows)
    scorer = index._scorer
    watch = Watch.__new__(Watch)
    watch.__dict__.update(scorer._chance.__dict__)
    watch.shown = []
    scorer._chance = watch
    return index, watch


def slipped(rows: Sequence[Listed], seed: int) -> Iterator[tuple[str, Query, tuple[str, ...]]]:
    """(what was done, query, words of the right name); a name without a kind is asked as both."""
    rng = random.Random(f"{seed} fit")  # noqa: S311  a bench repeats itself
    pool = [one for one in rows if sum(map(str.isalpha, one.name)) > 1]
    for listed in rng.sample(pool, COUNT):
        kind = listed.kind or rng.choice(("organisation", "person"))
        kind = "person" if kind == "person" else "organisation"
        right = tokens(listed.name, person=listed.kind == "person")
        if kind == "person" != listed.kind and not 1 < len(right) < 5:
            continue
        for done, name in variants(listed.name, kind, rng):
            if done in DONE:
                yield done, Query(name, kind), right


def fitted(signs: Any, right: Any) -> Any:
    centre, spread = signs.mean(0), signs.std(0) + 1e-9
    centre[0], spread[0] = 0.0, 1.0
    scaled = (signs - centre) / spread
    found = np.zeros(scaled.shape[1])
    for _ in range(ROUNDS):
        odds = 1 / (1 + np.exp(-scaled @ found))
        slope = scaled.T @ (right - odds) - RIDGE * found
        bend = (scaled.T * (odds * (1 - odds))) @ scaled + RIDGE * np.eye(len(found))
        found += np.linalg.solve(bend, slope)
    raw = found / spread
    raw[0] -= (raw * centre).sum()
    return raw


def best(index: Index, watch: Watch, query: Query, right: tuple[str, ...] | None) -> Seen:
    """What was weighed for a query that no equality answers; of the right name if one is given."""
    watch.shown.clear()
    answer = index.screen(query.name, kind=query.kind)
    if any(match.score >= 0.97 and "alike" not in match.reasons[0] for match in answer.matches):
        return []
    return [one for one in watch.shown if right is None or one[0].listed == right]


def main() -> None:
    rows = lists.chosen("csl")
    index, watch = watched(rows)
    for kind in ("person", "organisation"):
        good: dict[str, list[Seen]] = {done: [] for done in DONE}
        bad: list[Seen] = []
        for seed in map(int, sys.argv[1:]):
            for done, query, right in slipped(rows, seed):
                if query.kind == kind:
                    good[done].append(best(index, watch, query, right))
            made = People(seed) if kind == "person" else Firms(seed)
            bad += [best(index, watch, Query(n, kind), None) for n in made.some(2 * COUNT)]
        tell(kind, good, bad)


def tell(kind: str, good: dict[str, list[Seen]], bad: list[Seen]) -> None:
    pairs = [(pair, 1) for some in good.values() for seen in some for pair in seen]
    pairs += [(pair, 0) for seen in bad for pair in seen]
    signs = np.array([pair[1] for pair, _ in pairs], dtype=float)
    raw = fitted(signs, np.array([right for _, right in pairs]))
    print(kind, len(pairs), "pairs", tuple(round(float(one), 2) for one in raw))
    for sign, weight in zip(chance.SIGNS, raw, strict=True):
        print(f"{weight:>8.2f}  {sign}")
    for few in (True, False):
        print("one slip" if few else "more slips")
        for bound in np.arange(-1.0, 5.0, 0.5):
            lost = ", ".join(
                f"{done} {share(some, raw, few, bound, below=True):.2%}"
                for done, some in good.items()
            )
            flags = share(bad, raw, few, bound, below=False)
            print(f"{bound:>6.1f} loses {lost}; flags {flags:.3%}")


def share(some: Sequence[Seen], raw: Any, few: bool, bound: float, *, below: bool) -> float:
    """Of the queries: whose best pair of that many edits is below the bound, or reaches it."""
    count = 0
    for seen in some:
        mine = [signs for case, signs in seen if (chance.edits(case) < 2) == few]
        odds = [float(np.dot(signs, raw)) for signs in mine]
        count += bool(odds) and (max(odds) < bound) == below
    return count / max(1, len(some))


if __name__ == "__main__":
    main()
