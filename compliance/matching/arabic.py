"""Names in Arabic letters against listed names: consonants first, then what is written of vowels.

Each word of the query looks for listed words with the same bones (`consonants`); names that hold
enough of the query's worth are aligned word by word. Rare words weigh more, so that Mohammed Ahmed
is not everyone of these names. What is found is possible at most: short vowels are not written.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from rapidfuzz.distance import OSA

from .answers import MATCH, POSSIBLE, Bands, Listed, Match, Query
from .consonants import Form, folded, of_arabic, of_latin, unlike_vowels
from .memo import Memo
from .numbers import BONES, NUMBERS
from .text import tokens

ARABIC = re.compile(r"[\u0621-\u064a\u066e-\u06d3\u06fa-\u06ff\ufb50-\ufdff\ufe70-\ufefc]")
_WORD = re.compile(r"[\u0621-\u064a\u066e-\u06d3\u06fa-\u06ff]+")
_KIN = frozenset(
    "بن ابن بنت ابو أبو ابي أبي أبا ابا ام أم ال آل ولد و بنو بني".split()  # noqa: SIM905  a table
)
_LATIN_KIN = frozenset(
    "bin bint ibn ben abu abou al el ul oum umm um ould and the de".split()  # noqa: SIM905  a table
)
_SERVANTS = ("عبد",)
_LATIN_SERVANTS = tuple(
    "abd abdul abdal abdel abdol abdur abdus abdud abdun".split()  # noqa: SIM905  a table
)

Forms = tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Word:
    said: str
    forms: Forms


@dataclass(frozen=True, slots=True)
class Unit:
    """A word of a name, or two neighbours as one, and where they stand."""

    said: str
    forms: Forms
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """One side is empty for a word without a partner."""

    asked: str
    listed: str
    likeness: float
    worth: float

    def told(self) -> str:
        if not self.listed:
            return f"{self.asked} is not listed (worth {self.worth:.2f})"
        if not self.asked:
            return f"{self.listed} is missing (worth {self.worth:.2f})"
        return f"{self.asked} ~ {self.listed} {self.likeness:.2f} (worth {self.worth:.2f})"


@dataclass(frozen=True, slots=True)
class Found:
    pairs: tuple[Pair, ...]

    @property
    def equal(self) -> bool:
        return all(pair.likeness == 1 for pair in self.pairs)

    @property
    def enough(self) -> bool:
        """Whether the words that are equal carry those that are not."""
        equal = [pair for pair in self.pairs if pair.likeness == 1]
        firm = sum(pair.worth for pair in equal)
        doubt = sum(pair.worth for pair in self.pairs if pair.asked and pair.likeness < 1)
        if not doubt:
            return firm >= BONES.firm
        return len(equal) > 1 and firm >= BONES.firm_beside

    @property
    def score(self) -> float:
        full = sum(pair.worth for pair in self.pairs if pair.likeness)
        matched = sum(pair.worth * pair.likeness for pair in self.pairs)
        extra = sum(pair.worth for pair in self.pairs if not pair.listed) * BONES.extra
        gaps = sorted((pair.worth for pair in self.pairs if not pair.asked), reverse=True)
        missing = (
            gaps[0] * BONES.missing_first + sum(gaps[1:]) * BONES.missing_next if gaps else 0.0
        )
        return matched / ((full + extra + missing) or 1.0)


#: likeness, how many words take part, the words
Offer = tuple[float, int, Unit, Unit]


def units_of(listed: Listed) -> tuple[Unit, ...]:
    """Words of firms are not joined: their names in Arabic are translated, not spelt."""
    words = words_of(listed)
    return units(words) if listed.kind in ("person", "") else units(words)[: len(words)]


def units(words: Sequence[Word]) -> tuple[Unit, ...]:
    """Each word, and each two neighbours as one, for a space lost or added."""
    told = [Unit(one.said, one.forms, (at,)) for at, one in enumerate(words)]
    for at, (one, after) in enumerate(pairwise(words)):
        both = one.said + after.said
        forms = of_arabic(both) if ARABIC.match(both) else of_latin(both)
        told.append(Unit(both, forms, (at, at + 1)))
    return tuple(told)


def words_in(name: str) -> list[Word]:
    """The telling words in Arabic letters; Latin ones beside them say nothing here."""
    told = [one for one in _WORD.findall(folded(name)) if one not in _KIN]
    return [Word(one, of_arabic(one)) for one in _served(told, _SERVANTS)]


def words_of(listed: Listed) -> list[Word]:
    if ARABIC.search(listed.name):
        return words_in(listed.name)
    told = [one for one in tokens(listed.name, person=True) if one not in _LATIN_KIN]
    return [Word(one, of_latin(one)) for one in _served(told, _LATIN_SERVANTS)]


def _served(told: Sequence[str], servants: Sequence[str]) -> Iterator[str]:
    """Servant of the Merciful is one name, also where the listed order parts it."""
    if told and told[-1] in servants:
        told = [told[-1], *told[:-1]]
    waiting = ""
    for one in told:
        if one in servants and not waiting:
            waiting = one
            continue
        if waiting and ARABIC.match(one):
            yield waiting + one.removeprefix("ال")
        elif waiting:
            yield f"abd'{one}"
        else:
            yield one
        waiting = ""
    if waiting:
        yield waiting


class Arabic:
    """Words of listed names by their bones. Immutable once built."""

    def __init__(self, names: Sequence[Listed]) -> None:
        self._names = names
        self._most = math.log(max(len(names), NUMBERS.names) + 1)
        self._units = Memo(self._units_at, size=20_000)

    @cached_property
    def _places(self) -> Mapping[str, Sequence[int]]:
        """Made for the first query in Arabic letters; who asks in others never pays for it."""
        held: dict[str, list[int]] = defaultdict(list)
        for place, listed in enumerate(self._names):
            for bones in {form.bones for unit in units_of(listed) for form in unit.forms}:
                held[bones].append(place)
        return dict(held)

    def _units_at(self, place: int) -> tuple[Unit, ...]:
        return units_of(self._names[place])

    def find(self, query: Query, bands: Bands) -> Iterator[Match]:
        """Listed names that may be the same, were their vowels known."""
        asked = units(words_in(query.name))
        for place in self._candidates(asked):
            found = self._aligned(asked, self._units[place])
            listed = self._names[place]
            score = round(found.score * BONES.read, 4)
            if reasons := _told(found, query, listed, bands, score):
                certain = score >= bands.certain(query.kind, listed.source)
                band = MATCH if certain else POSSIBLE
                yield Match(score, band, query.name, listed, tuple(reasons))

    def _candidates(self, asked: Sequence[Unit]) -> list[int]:
        """Names that hold a good part of what the query's words are worth."""
        single = [unit for unit in asked if len(unit.places) == 1]
        held: dict[int, float] = defaultdict(float)
        whole = 0.0
        for at, unit in enumerate(single):
            near = {form.bones for one in asked if at in one.places for form in one.forms}
            worth = self._worth(unit)
            whole += worth
            for place in set().union(*(self._places.get(bones, ()) for bones in near)):
                held[place] += worth
        return sorted(place for place, worth in held.items() if worth >= BONES.held * whole)

    def _worth(self, unit: Unit) -> float:
        seen = max((len(self._places.get(form.bones, ())) for form in unit.forms), default=0)
        return max(0.12, 1 - math.log(seen) / self._most) if seen else 1.0

    def _aligned(self, asked: Sequence[Unit], listed: Sequence[Unit]) -> Found:
        """Joined words may be chance or a space lost: the better of both is taken."""
        offers = list(_offers(asked, listed))
        single = self._greedily(asked, listed, sorted(offers, key=lambda one: (-one[0], one[1])))
        if single.equal or all(size < 3 for _, size, _, _ in offers):
            return single
        joined = self._greedily(asked, listed, sorted(offers, key=lambda one: (-one[0], -one[1])))
        return max(single, joined, key=lambda found: found.score)

    def _greedily(
        self, asked: Sequence[Unit], listed: Sequence[Unit], offers: Iterable[Offer]
    ) -> Found:
        used: set[int] = set()
        answered: set[int] = set()
        pairs: list[Pair] = []
        for likeness, _, mine, theirs in offers:
            if used.isdisjoint(mine.places) and answered.isdisjoint(theirs.places):
                used.update(mine.places)
                answered.update(theirs.places)
                worth = max(self._worth(mine), self._worth(theirs))
                pairs.append(Pair(mine.said, theirs.said, likeness, worth))
        extra = [(one, self._worth(one)) for one in _left(asked, used)]
        gaps = [(one, self._worth(one)) for one in _left(listed, answered)]
        pairs += [Pair(one.said, "", 0.0, worth) for one, worth in extra]
        pairs += [Pair("", one.said, 0.0, worth) for one, worth in gaps]
        return Found(tuple(pairs))


def _offers(asked: Sequence[Unit], listed: Sequence[Unit]) -> Iterator[Offer]:
    for mine in asked:
        for theirs in listed:
            size = len(mine.places + theirs.places)
            likeness = alike(mine, theirs) if size < 4 else 0.0
            if likeness > (BONES.one_sign if size > 2 else 0):
                yield likeness, size, mine, theirs


def _left(units: Sequence[Unit], used: set[int]) -> list[Unit]:
    return [one for one in units if len(one.places) == 1 and used.isdisjoint(one.places)]


def alike(mine: Unit, theirs: Unit) -> float:
    """1 for words with equal bones whose written vowels agree; 0 for other words."""
    return max((_alike(form, other) for form in mine.forms for other in theirs.forms), default=0.0)


def _alike(mine: Form, theirs: Form) -> float:
    size = len(mine.bones)
    if mine.bones == theirs.bones:
        unlike = unlike_vowels(mine, theirs)
        if unlike * 2 > size:
            return 0.0
        return 1 - BONES.unlike_vowel * unlike
    if size > 2 and OSA.distance(mine.bones, theirs.bones, score_cutoff=1) <= 1:
        return BONES.one_sign
    return 0.0


def comparable(query: Query) -> bool:
    """A person's name of two words or more, all in Arabic letters, with enough bones to tell."""
    if not all(ARABIC.match(sign) for sign in folded(query.name) if sign.isalpha()):
        return False
    words = words_in(query.name)
    bones = [min((len(form.bones) for form in word.forms), default=0) for word in words]
    return len(words) > 1 and all(bones) and sum(bones) >= BONES.fewest_bones


def _told(found: Found, query: Query, listed: Listed, bands: Bands, score: float) -> list[str]:
    """Why this may be the listed name; empty when it is not. A row may ask to see more."""
    kinds = {query.kind, listed.kind} - {""}
    crossed = len(kinds) > 1 and "person" in kinds
    wanted = bands.asks_for_more(query.kind, listed.source)
    if crossed and query.kind != "person":
        return []  # a family's firm is not each person of that family
    if found.equal:
        why = "the same letters, as far as vowels are written"
    elif (not crossed and found.score >= BONES.possible_from and found.enough) or (
        wanted and score >= bands.possible(query.kind, listed.source)
    ):
        why = f"words are {found.score:.0%} alike, as far as vowels are written"
    else:
        return []
    return [why, *(pair.told() for pair in found.pairs if pair.likeness < 1)]
