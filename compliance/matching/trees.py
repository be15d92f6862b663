"""Log odds as a sum of small decision trees, in whole thousandths, so that it is the same anywhere.

Each tree asks a few questions about the signs of a pair of names and ends in a number. What a
question moved is credited to the sign it asked about, so the sum can be told sign by sign.
"""

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_name("odds.json")
UNIT = 1000


class Trees:
    """Rows of nodes [sign, bound, if not above, if above, value]; a leaf leads to itself."""

    def __init__(self, told: Any) -> None:
        nodes = np.array(told["nodes"], dtype=np.float64)
        self._leaves = Leaves(told)
        self.signs: tuple[str, ...] = tuple(told["signs"])
        self._base, self._depth = int(told["base"]), int(told["depth"])
        self._roots = np.array(told["roots"], dtype=np.intp)
        self._asked = nodes[:, 0].astype(np.intp)
        self._bounds = nodes[:, 1].copy()
        self._ways = nodes[:, 2:4].astype(np.intp).ravel()  # not above, above, of each node
        self._values = nodes[:, 4].astype(np.int64)

    def odds(self, signs: Sequence[float]) -> float:
        return (self._leaves.sum(signs) + self._base) / UNIT

    def told(self, signs: Sequence[float]) -> dict[str, float]:
        """What each sign contributes to the odds; what the roots say of every pair is left out."""
        facts, at = np.array(signs, dtype=np.float64), self._roots
        moved = np.zeros(len(self.signs), dtype=np.int64)
        for _ in range(self._depth):
            below = self._step(facts, at)
            np.add.at(moved, self._asked[at], self._values[below] - self._values[at])
            at = below
        return {name: int(one) / UNIT for name, one in zip(self.signs, moved, strict=True) if one}

    def _step(self, facts: Any, at: Any) -> Any:
        above = facts.take(self._asked.take(at)) > self._bounds.take(at)
        return self._ways.take(2 * at + above)


class Leaves:
    """The sum of the leaves that signs lead to, without a walk down each tree.

    A question answered "above" rules out the leaves on its other side; of those that no question
    rules out the first is where a walk ends. So each sign has a row of bits, one for each leaf of
    each tree, for each stretch between two of its bounds, and the rows of all signs are put
    together by one "and" (QuickScorer; Lucchese and others, SIGIR 2015, 10.1145/2766462.2767733).
    """

    def __init__(self, told: Any) -> None:
        self._nodes, trees = told["nodes"], len(told["roots"])
        self._ruled: dict[int, list[tuple[float, int, int]]] = defaultdict(list)
        values = np.zeros((trees, 2 ** told["depth"]), dtype=np.int64)
        for tree, root in enumerate(told["roots"]):
            found = self._walked(tree, root, 0)
            values[tree, : len(found)] = found
        self._values = values.ravel()
        self._before = np.arange(trees) * values.shape[1] - 1  # frexp counts from one
        self._asked: list[tuple[int, list[float], int]] = []  # sign, bounds, first row
        rows: list[Any] = []
        for sign, ruled in sorted(self._ruled.items()):
            bounds = sorted({bound for bound, _, _ in ruled})
            self._asked.append((sign, bounds, len(rows)))
            rows.extend(self._left(bounds, ruled, trees))
        self._rows = np.array(rows)

    def sum(self, signs: Sequence[float]) -> int:
        rows = [first + bisect_left(bounds, signs[sign]) for sign, bounds, first in self._asked]
        left = np.bitwise_and.reduce(self._rows.take(rows, axis=0), axis=0)
        _, lowest = np.frexp(left & -left)
        return int(self._values.take(self._before + lowest).sum())

    def _walked(self, tree: int, at: int, before: int) -> list[int]:
        """The values of the leaves under a node, `before` leaves of the tree to its left."""
        sign, bound, below, above, value = self._nodes[at]
        if below == at:
            return [value]
        found = self._walked(tree, below, before)
        ruled = ((1 << len(found)) - 1) << before
        self._ruled[sign].append((bound, tree, ruled))
        return found + self._walked(tree, above, before + len(found))

    @staticmethod
    def _left(bounds: Sequence[float], ruled: Sequence[tuple[float, int, int]], trees: int) -> Any:
        """One row for each number of bounds that a sign is above."""
        gone = np.zeros((len(bounds) + 1, trees), dtype=np.uint32)
        for bound, tree, bits in ruled:
            gone[bisect_left(bounds, bound) + 1, tree] |= bits
        return ~np.bitwise_or.accumulate(gone, axis=0)


def load() -> dict[str, Trees]:
    """By the kind that is asked for: `person` or `other`."""
    told = json.loads(FILE.read_text(encoding="utf-8"))
    return {kind: Trees(told[kind]) for kind in ("person", "other")}
