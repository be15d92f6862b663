"""How likely a row of letters is as a name: a model of the letters of the listed names.

A slip of the pen seldom looks like a name; another person's name does. Order three, each order
leaning on the one below (Witten and Bell), so nothing is tuned.
"""

import math
from collections import Counter
from collections.abc import Iterable

from .memo import Memo

ORDERS = 4  # 0 to 3 letters before the one foretold
_FLOOR = 1 / 30  # any letter, before anything is known
_NO_WORD = 3.0  # nats for each sign of a word with digits


class Letters:
    def __init__(self, words: Iterable[str]) -> None:
        self._seen: Counter[str] = Counter()  # runs of up to four letters
        self._before: Counter[str] = Counter()  # what stands before a letter, by the order
        self._kinds: Counter[str] = Counter()  # different letters after it
        for word in words:
            if word.isalpha():
                self._learn(_edged(word))
        self.nats = Memo(self._nats)

    def _learn(self, edged: str) -> None:
        for at in range(ORDERS - 1, len(edged)):
            for order in range(ORDERS):
                run = edged[at - order : at + 1]
                if run not in self._seen:
                    self._kinds[run[:-1]] += 1
                self._seen[run] += 1
                self._before[run[:-1]] += 1

    def _chances(self, word: str) -> list[float]:
        edged = _edged(word)
        return [self._chance(edged, at) for at in range(ORDERS - 1, len(edged))]

    def _chance(self, edged: str, at: int) -> float:
        chance = _FLOOR
        for order in range(ORDERS):
            before = edged[at - order : at]
            times = self._before.get(before, 0)
            if not times:
                break
            kinds = self._kinds[before]
            chance = (self._seen.get(edged[at - order : at + 1], 0) + kinds * chance) / (
                times + kinds
            )
        return chance

    def _nats(self, word: str) -> float:
        """The surprise of the whole word."""
        if not word.isalpha():
            return _NO_WORD * len(word)
        return -sum(map(math.log, self._chances(word)))


def _edged(word: str) -> str:
    return "^" * (ORDERS - 1) + word + "$"
