"""Log odds as a sum of small decision trees, in whole thousandths, so that it is the same anywhere.

Each tree asks a few questions about the signs of a pair of names and ends in a number. What a
question moved is credited to the sign it asked about, so the sum can be told sign by sign.
"""

import json
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
        self.signs: tuple[str, ...] = tuple(told["signs"])
        self._base, self._depth = int(told["base"]), int(told["depth"])
        self._roots = np.array(told["roots"], dtype=np.intp)
        self._asked = nodes[:, 0].astype(np.intp)
        self._bounds = nodes[:, 1].copy()
        self._ways = nodes[:, 2:4].astype(np.intp).ravel()  # not above, above, of each node
        self._values = nodes[:, 4].astype(np.int64)

    def odds(self, signs: Sequence[float]) -> float:
        facts, at = np.array(signs, dtype=np.float64), self._roots
        for _ in range(self._depth):
            at = self._step(facts, at)
        return int(self._values[at].sum() + self._base) / UNIT

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


def load() -> dict[str, Trees]:
    """By the kind that is asked for: `person` or `other`."""
    told = json.loads(FILE.read_text(encoding="utf-8"))
    return {kind: Trees(told[kind]) for kind in ("person", "other")}
