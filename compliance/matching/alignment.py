"""Which token of a query answers which token of a listed name, and what that is worth."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from .likeness import Likeness
from .numbers import NUMBERS
from .tables import LEGAL, PARTICLES
from .worth import CHINESE, ORGANISATION, PERSON, Worth

Words = tuple[str, ...]
Places = tuple[int, ...]


class Pair(NamedTuple):
    """Tokens set against each other; one side is empty for a token without a partner."""

    asked: str
    listed: str
    likeness: float
    worth: float


class Alignment(NamedTuple):
    """`matched` is the worth found again; `edits`, `extra`, `missing` are shares of the whole.

    `unequal` are the pairs that are unlike and tell; `complete` if nothing is left over.
    """

    score: float
    matched: float
    edits: float
    extra: float
    missing: float
    family_missing: bool
    pairs: tuple[Pair, ...]
    unequal: tuple[Pair, ...]
    complete: bool


class Aligner:
    def __init__(self, worth: Worth, likeness: Likeness) -> None:
        self._worth, self._likeness = worth, likeness

    def align(
        self, asked: Words, listed: Words, *, person: bool, chinese: bool, family: int
    ) -> Alignment:
        """`family` is how many leading tokens of the listed name are the family name."""
        way = CHINESE if chinese else PERSON if person else ORGANISATION
        pairs, rest, open_ = self._equal(asked, listed, way)
        if rest and open_:
            found, used, answered = self._alike(rest, listed, open_, way)
            pairs += found
            rest = [word for place, word in enumerate(rest) if place not in used]
            open_ = [place for place in open_ if place not in answered]
        lone = bool(family) and all(place in open_ for place in range(family))
        left = [Pair(word, "", 0.0, self._worth.of[word, way]) for word in rest]
        gaps = [Pair("", listed[at], 0.0, self._worth.of[listed[at], way]) for at in open_]
        return _summed(pairs, left, gaps, way, len(asked), family_missing=lone)

    def _equal(
        self, asked: Words, listed: Words, way: str
    ) -> tuple[list[Pair], list[str], list[int]]:
        pairs, rest, left = [], [], list[str | None](listed)
        for word in asked:
            if word in left:
                left[left.index(word)] = None
                pairs.append(Pair(word, word, 1.0, self._worth.of[word, way]))
            else:
                rest.append(word)
        return pairs, rest, [place for place, word in enumerate(left) if word is not None]

    def _alike(
        self, rest: Sequence[str], listed: Words, open_: Sequence[int], way: str
    ) -> tuple[list[Pair], set[int], set[int]]:
        """Greedily the pairs that carry most; equal ones in the order of the words."""
        offers = [*self._single(rest, listed, open_, way)]
        if len(rest) + len(open_) > 2:
            offers += self._glued(rest, listed, open_)
        offers.sort(key=lambda offer: -offer[0])
        pairs: list[Pair] = []
        used: set[int] = set()
        answered: set[int] = set()
        for _, likeness, mine, theirs in offers:
            if used.isdisjoint(mine) and answered.isdisjoint(theirs):
                used.update(mine)
                answered.update(theirs)
                word, other = "".join(rest[n] for n in mine), "".join(listed[n] for n in theirs)
                worth = self._pair_worth(word, [listed[n] for n in theirs], len(mine), way)
                pairs.append(Pair(word, other, likeness, worth))
        return pairs, used, answered

    def _single(
        self, rest: Sequence[str], listed: Words, open_: Sequence[int], way: str
    ) -> Iterator[tuple[float, float, Places, Places]]:
        of, chinese = self._likeness.of, way == CHINESE
        for mine, word in enumerate(rest):
            for place in open_:
                likeness = of[word, listed[place], chinese]
                if likeness > 0.2:
                    weight = likeness * self._worth.of[listed[place], way]
                    yield weight, likeness, (mine,), (place,)

    def _glued(
        self, rest: Sequence[str], listed: Words, open_: Sequence[int]
    ) -> Iterator[tuple[float, float, Places, Places]]:
        """A space lost or added: neighbours as one word."""
        for n, (word, after) in enumerate(pairwise(rest)):
            for place in open_:
                if -3 < len(word) + len(after) - len(listed[place]) < 3:
                    yield from self._as_one(word + after, listed[place], (n, n + 1), (place,))
        for first, second in pairwise(open_):
            both = listed[first] + listed[second]
            for n, word in enumerate(rest):
                if -3 < len(word) - len(both) < 3:
                    yield from self._as_one(word, both, (n,), (first, second))

    def _as_one(
        self, word: str, other: str, mine: Places, theirs: Places
    ) -> Iterator[tuple[float, float, Places, Places]]:
        if min(len(word), len(other)) > 3:
            likeness = self._likeness.of[word, other, False]
            if likeness > 0.8:
                yield 2 * likeness, likeness - 0.03, mine, theirs

    def _pair_worth(self, word: str, listed: Sequence[str], mine: int, way: str) -> float:
        worth = max(self._worth.of[other, way] for other in listed)
        if mine + len(listed) > 2:
            return max(worth, 0.5)
        other = listed[0]
        told = other not in LEGAL and (way == CHINESE or other not in PARTICLES)
        if told and (word in self._worth.seen or len(other) == 1):
            return max(worth, self._worth.of[word, way])  # another known word, not a slip
        return worth


def _summed(
    pairs: list[Pair],
    left: list[Pair],
    gaps: list[Pair],
    way: str,
    asked: int,
    *,
    family_missing: bool,
) -> Alignment:
    matched = sum([pair.likeness * pair.worth for pair in pairs])
    full = sum([pair.worth for pair in pairs])
    if way == ORGANISATION:
        extra = sum([one.worth * min(1.0, len(one.asked) / 4) for one in left])
        extra *= NUMBERS.extra_of_other
    else:
        extra = sum([one.worth for one in left]) * NUMBERS.extra_of_person
    pair_of_chinese = way == CHINESE and asked == 2
    first = NUMBERS.missing_first_chinese if pair_of_chinese else NUMBERS.missing_first
    lacking = sorted((gap.worth for gap in gaps), reverse=True)
    missing = lacking[0] * first if lacking else 0.0
    for worth in lacking[1:]:
        missing += worth * NUMBERS.missing_next
    whole = (full + extra + missing) or 1.0
    score = matched / whole - (NUMBERS.family_missing if family_missing else 0.0)
    shares = ((full - matched) / whole, extra / whole, missing / whole)
    told = (*pairs, *left, *gaps)
    unequal = tuple([one for one in told if one.likeness < 1 and one.worth > NUMBERS.particle])
    complete = not (left or gaps)
    return Alignment(score, matched, *shares, family_missing, told, unequal, complete)
