"""Candidates by letters alone: listed names at most two edits away, wherever the slips fell.

Two edits leave one of three parts of a name whole: the first where it was, the last as far from
the end as it was, or the middle one at most one place from both. So each listed name is kept under
its three parts, and a query looks for parts of its own at those places.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST, LONGEST = 2, 60  # letters
#: below this many letters only one edit is looked for, under the name with one letter lost
TWO_EDITS = 5


def lost(word: str) -> set[str]:
    """The word, and the word with each one of its letters lost."""
    return {word, *[word[:at] + word[at + 1 :] for at in range(len(word))]}


def parts(letters: str) -> tuple[tuple[int, str], ...]:
    third = len(letters) // 3
    cuts = (0, third, 2 * third, len(letters))
    return tuple((cuts[n], letters[cuts[n] : cuts[n + 1]]) for n in range(3))


class Slips:
    """Joined letters of listed names. Immutable once built."""

    def __init__(self, names: Iterable[tuple[str, int]]) -> None:
        self._places: dict[str, list[int]] = defaultdict(list)
        for letters, place in names:
            if SHORTEST <= len(letters) <= LONGEST:
                self._places[letters].append(place)
        self._lost: dict[str, list[str]] = defaultdict(list)
        self._parts: dict[str, dict[tuple[int, int], list[str]]] = {}
        for letters in self._places:
            if len(letters) < TWO_EDITS:
                for key in lost(letters):
                    self._lost[key].append(letters)
            else:
                for at, part in parts(letters):
                    held = self._parts.setdefault(part, {})
                    held.setdefault((len(letters), at), []).append(letters)

    def find(self, letters: str) -> dict[int, int]:
        """Places of the names within reach, with the number of edits."""
        found: dict[int, int] = {}
        near = self._one_lost(letters) | self._two_edits(letters)
        if not near:
            return found
        within = process.extract(letters, near, scorer=OSA.distance, score_cutoff=2, limit=None)
        for other, edits, _ in sorted(within):
            if edits < 2 or min(len(letters), len(other)) >= TWO_EDITS:
                for place in self._places[other]:
                    found[place] = min(edits, found.get(place, edits))
        return found

    def _one_lost(self, letters: str) -> set[str]:
        if not SHORTEST - 1 <= len(letters) <= TWO_EDITS:
            return set()
        return {other for key in lost(letters) for other in self._lost.get(key, ())}

    def _two_edits(self, letters: str) -> set[str]:
        found: set[str] = set()
        for start, long, kept in _looks(len(letters)):
            held = self._parts.get(letters[start : start + long])
            if held:
                for size_and_at in kept:
                    found.update(held.get(size_and_at, ()))
        return found


@lru_cache(maxsize=128)
def _looks(length: int) -> tuple[tuple[int, int, tuple[tuple[int, int], ...]], ...]:
    """Where to look in a query of that many letters: start, letters, (size, place) of the names."""
    looks: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for size in range(max(TWO_EDITS, length - 2), min(LONGEST, length + 2) + 1):
        more, third = length - size, size // 3
        starts = ((0, 0), (third, third + more), (2 * third + more, 2 * third + more))
        for part, (low, high) in enumerate(starts):
            long = third if part < 2 else size - 2 * third
            slack = 1 if part == 1 else 0
            first, last = max(low, high) - slack, min(low, high) + slack
            for start in range(max(0, first), last + 1):
                looks[start, long].append((size, part * third))
    return tuple((start, long, tuple(kept)) for (start, long), kept in looks.items())
