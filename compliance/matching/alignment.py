"""Which token of a query answers which token of a listed name, and what that is worth."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from .likeness import Likeness
from .memo import Memo
from .numbers import NUMBERS
from .tables import LEGAL, PARTICLES
from .worth import CHINESE, ORGANISATION, PERSON, Worth

Words = tuple[str, ...]
Places = tuple[int, ...]
Told = tuple[str, str, float, float]  # what becomes a Pair, if the names are alike at all
Lone = tuple[str, float]  # a token without partner and its worth

UNLIKE = 0.2  # likeness up to which tokens are not set against each other
SILENT = NUMBERS.particle  # worth up to which a token tells nothing


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


class Sums(NamedTuple):
    """Worth: found again, of the pairs, left over, missing, and of all."""

    matched: float
    full: float
    extra: float
    missing: float
    whole: float


class Aligner:
    def __init__(self, worth: Worth, likeness: Likeness) -> None:
        self._worth, self._likeness = worth, likeness
        ways = (worth.of[ORGANISATION], worth.of[PERSON])
        #: listed words that tell nothing, in one of the ways to read them
        self._silent = [word for word in worth.seen if min(of[word] for of in ways) <= SILENT]
        self.strange = Memo(self._strange)

    def _strange(self, word: str) -> bool:
        """Whether it tells and is unlike, beside whatever name that is not Chinese.

        No name has its equal, and none a word that tells nothing and could be set against it.
        """
        tells = min(self._worth.of[way][word] for way in (ORGANISATION, PERSON)) > SILENT
        if not tells or word in self._worth.seen:
            return False
        return all(self._likeness.of[word, other, False] <= UNLIKE for other in self._silent)

    def align(
        self,
        asked: Words,
        listed: Words,
        *,
        person: bool,
        chinese: bool,
        family: int,
        least: float = -math.inf,
        equal: bool = False,
    ) -> Alignment | None:
        """None below the likeness `least`: so it is nearly always, and that costs little.

        `family` is how many leading tokens of the listed name are the family name. With `equal`,
        None as well where a token that tells has no equal one; some such names pass all the same.
        """
        way = CHINESE if chinese else PERSON if person else ORGANISATION
        worth = self._worth.of[way]
        same, rest, open_ = _equal(asked, listed)
        if equal and _unequal(rest, [listed[at] for at in open_], worth):
            return None
        pairs = [(word, word, 1.0, worth[word]) for word in same]
        if rest and open_:
            found, used, answered = self._alike(rest, listed, open_, way)
            if found:
                pairs += found
                rest = [word for place, word in enumerate(rest) if place not in used]
                open_ = [place for place in open_ if place not in answered]
        lone = bool(family) and all(place in open_ for place in range(family))
        left = [(word, worth[word]) for word in rest]
        gaps = [(listed[at], worth[listed[at]]) for at in open_]
        sums = _sums(pairs, left, gaps, way, pair_of_chinese=chinese and len(asked) == 2)
        score = sums.matched / sums.whole - (NUMBERS.family_missing if lone else 0.0)
        return _aligned(score, sums, pairs, left, gaps, lone=lone) if score >= least else None

    def _alike(
        self, rest: Sequence[str], listed: Words, open_: Sequence[int], way: str
    ) -> tuple[list[Told], set[int], set[int]]:
        """Greedily the pairs that carry most; equal ones in the order of the words."""
        offers = [*self._single(rest, listed, open_, way)]
        if len(rest) + len(open_) > 2:
            offers += self._glued(rest, listed, open_)
        if len(offers) > 1:
            offers.sort(key=lambda offer: -offer[0])
        pairs: list[Told] = []
        used: set[int] = set()
        answered: set[int] = set()
        for _, likeness, mine, theirs in offers:
            if used.isdisjoint(mine) and answered.isdisjoint(theirs):
                used.update(mine)
                answered.update(theirs)
                word, other = "".join(rest[n] for n in mine), "".join(listed[n] for n in theirs)
                worth = self._pair_worth(word, [listed[n] for n in theirs], len(mine), way)
                pairs.append((word, other, likeness, worth))
        return pairs, used, answered

    def _single(
        self, rest: Sequence[str], listed: Words, open_: Sequence[int], way: str
    ) -> Iterator[tuple[float, float, Places, Places]]:
        of, chinese, worth = self._likeness.of, way == CHINESE, self._worth.of[way]
        for mine, word in enumerate(rest):
            for place in open_:
                likeness = of[word, listed[place], chinese]
                if likeness > UNLIKE:
                    weight = likeness * worth[listed[place]]
                    yield weight, likeness, (mine,), (place,)

    def _glued(
        self, rest: Sequence[str], listed: Words, open_: Sequence[int]
    ) -> Iterator[tuple[float, float, Places, Places]]:
        """A space lost or added: neighbours as one word."""
        for (n, word), (m, after) in pairwise(enumerate(rest)):
            size = len(word) + len(after)
            for place in open_:
                if -3 < size - len(listed[place]) < 3:
                    yield from self._as_one(word + after, listed[place], (n, m), (place,))
        for first, second in pairwise(open_):
            size = len(listed[first]) + len(listed[second])
            for n, word in enumerate(rest):
                if -3 < len(word) - size < 3:
                    both = listed[first] + listed[second]
                    yield from self._as_one(word, both, (n,), (first, second))

    def _as_one(
        self, word: str, other: str, mine: Places, theirs: Places
    ) -> tuple[tuple[float, float, Places, Places], ...]:
        if min(len(word), len(other)) < 4:
            return ()
        likeness = self._likeness.nearly(word, other)
        return ((2 * likeness, likeness - 0.03, mine, theirs),) if likeness else ()

    def _pair_worth(self, word: str, listed: Sequence[str], mine: int, way: str) -> float:
        of = self._worth.of[way]
        worth = max([of[other] for other in listed])
        if mine + len(listed) > 2:
            return max(worth, 0.5)
        other = listed[0]
        told = other not in LEGAL and (way == CHINESE or other not in PARTICLES)
        if told and (word in self._worth.seen or len(other) == 1):
            return max(worth, of[word])  # another known word, not a slip
        return worth


def _equal(asked: Words, listed: Words) -> tuple[list[str], list[str], list[int]]:
    """Words of both, those only asked for, and where those stand that are only listed."""
    equal, rest, left = [], [], list[str | None](listed)
    for word in asked:
        if word in left:
            left[left.index(word)] = None
            equal.append(word)
        else:
            rest.append(word)
    return equal, rest, [place for place, word in enumerate(left) if word is not None]


def _unequal(rest: Sequence[str], open_: Sequence[str], worth: Mapping[str, float]) -> bool:
    """Whether a token that tells stays without an equal one, whatever is set against it.

    Beside a listed token that tells nothing it might count for nothing.
    """
    tells = any(worth[word] > SILENT for word in rest)
    return tells and all(worth[word] > SILENT for word in open_)


def _sums(
    pairs: Sequence[Told],
    left: Sequence[Lone],
    gaps: Sequence[Lone],
    way: str,
    *,
    pair_of_chinese: bool,
) -> Sums:
    matched = sum([likeness * worth for _, _, likeness, worth in pairs])
    full = sum([worth for _, _, _, worth in pairs])
    if way == ORGANISATION:
        extra = sum([worth * min(1.0, len(word) / 4) for word, worth in left])
        extra *= NUMBERS.extra_of_other
    else:
        extra = sum([worth for _, worth in left]) * NUMBERS.extra_of_person
    first = NUMBERS.missing_first_chinese if pair_of_chinese else NUMBERS.missing_first
    lacking = sorted([worth for _, worth in gaps], reverse=True)
    missing = lacking[0] * first if lacking else 0.0
    for worth in lacking[1:]:
        missing += worth * NUMBERS.missing_next
    return Sums(matched, full, extra, missing, (full + extra + missing) or 1.0)


def _aligned(
    score: float,
    sums: Sums,
    pairs: Sequence[Told],
    left: Sequence[Lone],
    gaps: Sequence[Lone],
    *,
    lone: bool,
) -> Alignment:
    told = (
        *(Pair(*one) for one in pairs),
        *(Pair(word, "", 0.0, worth) for word, worth in left),
        *(Pair("", word, 0.0, worth) for word, worth in gaps),
    )
    shares = [one / sums.whole for one in (sums.full - sums.matched, sums.extra, sums.missing)]
    unequal = tuple([one for one in told if one.likeness < 1 and one.worth > SILENT])
    complete = not (left or gaps)
    edits, extra, missing = shares
    return Alignment(score, sums.matched, edits, extra, missing, lone, told, unequal, complete)
