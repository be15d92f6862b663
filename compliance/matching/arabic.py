"""Names in Arabic letters against listed names: consonants first, then what is written of vowels.

Each word of the query looks for listed words with the same bones (`consonants`); names that hold
enough of the query's worth are aligned word by word. Rare words weigh more, so that Mohammed Ahmed
is not everyone of these names. What is found is possible at most: short vowels are not written.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.distance import OSA

from .answers import MATCH, POSSIBLE, Bands, Listed, Match, Query
from .arabic_words import ARABIC, Forms, Unit, units, units_of, words_in
from .consonants import Form, folded, unlike_vowels
from .memo import Memo
from .numbers import BONES, NUMBERS


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


#: sums of the same worths in another order may differ in the last digit
FIRM_BESIDE = BONES.firm_beside - 1e-9
#: likeness, how many words take part, the words
Offer = tuple[float, int, Unit, Unit]
Between = tuple[str, ...]


class Arabic:
    """Words of listed names by their bones. Immutable once built."""

    def __init__(self, names: Sequence[Listed]) -> None:
        self._names = names
        self._most = math.log(max(len(names), NUMBERS.names) + 1)
        self._units = Memo(self._units_at, size=20_000)
        self._worths = Memo(self._worth)
        self._agreeing = Memo(self._agreeing_with, size=5_000)

    @cached_property
    def _between(self) -> Mapping[str, Mapping[Between, Sequence[int]]]:
        """Places of the names by bones and what is written between them.

        Made for the first query in Arabic letters; who asks in others never pays for it.
        """
        held: dict[str, dict[Between, list[int]]] = defaultdict(lambda: defaultdict(list))
        for place, listed in enumerate(self._names):
            for form in {form for unit in units_of(listed) for form in unit.forms}:
                held[form.bones][form.between].append(place)
        return {bones: dict(some) for bones, some in held.items()}

    @cached_property
    def _places(self) -> Mapping[str, Sequence[int]]:
        """Places of the names by bones."""
        return {bones: tuple(set().union(*held.values())) for bones, held in self._between.items()}

    def _units_at(self, place: int) -> tuple[Unit, ...]:
        return units_of(self._names[place])

    def find(self, query: Query, bands: Bands) -> Iterator[Match]:
        """Listed names that may be the same, were their vowels known."""
        asked = units(words_in(query.name))
        wanted = any(bands.asks_for_more(query.kind, one.source) for one in bands.thresholds)
        for place in self._candidates(asked, wanted=wanted):
            listed = self._names[place]
            if query.kind != "person" and _crossed(query, listed):
                continue  # a family's firm is not each person of that family
            found = self._aligned(asked, self._units[place])
            score = round(found.score * BONES.read, 4)
            if reasons := _told(found, query, listed, bands, score):
                certain = score >= bands.certain(query.kind, listed.source)
                band = MATCH if certain else POSSIBLE
                yield Match(score, band, query.name, listed, tuple(reasons))

    def _candidates(self, asked: Sequence[Unit], *, wanted: bool) -> list[int]:
        """Names that hold a good part of what the query's words are worth, by their bones.

        Only those that may come to something, unless a row wants more looked at.
        """
        single = [unit for unit in asked if len(unit.places) == 1]
        holding = [self._holding(asked, at) for at in range(len(single))]
        worths = [self._worth_of(unit) for unit in single]
        least = BONES.held * sum(worths)
        held = dict.fromkeys(
            set().union(*holding) if wanted else self._promising(asked, len(single)), 0.0
        )
        for places, worth in zip(holding, worths, strict=True):
            for place in places & held.keys():
                held[place] += worth
        return sorted(place for place, worth in held.items() if worth >= least)

    def _holding(self, asked: Sequence[Unit], at: int) -> set[int]:
        """Names with the bones of that word, alone or with a neighbour."""
        near = {form.bones for one in asked if at in one.places for form in one.forms}
        return set().union(*(self._places.get(bones, ()) for bones in near))

    def _promising(self, asked: Sequence[Unit], words: int) -> set[int]:
        """Names that may be equal in every word, or in two and enough beside one that is not.

        No other name passes `Found.equal` or `Found.enough`.
        """
        worths: dict[int, float] = defaultdict(float)
        times: Counter[int] = Counter()
        for at in range(words):
            equal = self._equally(asked, at)
            times.update(equal.keys())
            for place, worth in equal.items():
                worths[place] += worth
        return {
            place
            for place, count in times.items()
            if count == words or (count > 1 and worths[place] >= FIRM_BESIDE)
        }

    def _equally(self, asked: Sequence[Unit], at: int) -> dict[int, float]:
        """Names that have an equal to that word, alone or with a neighbour.

        Beside each what such a pair can be worth: both words have the bones they share among their
        readings, so neither is worth more than these.
        """
        forms = {form for one in asked if at in one.places for form in one.forms}
        found: dict[int, float] = {}
        for form in sorted(forms, key=self._seen, reverse=True):
            if seen := self._seen(form):
                found.update(dict.fromkeys(self._agreeing[form], self._rarity(seen)))
        return found

    def _seen(self, form: Form) -> int:
        return len(self._places.get(form.bones, ()))

    def _agreeing_with(self, form: Form) -> tuple[int, ...]:
        """Names with a word of these bones whose vowels nowhere contradict."""
        held = self._between.get(form.bones, {})
        near = [held[told] for told in held if not unlike_vowels(form, Form(form.bones, told))]
        return tuple({place for places in near for place in places})

    def _worth_of(self, unit: Unit) -> float:
        return self._worths[unit.forms]

    def _worth(self, forms: Forms) -> float:
        seen = max(map(self._seen, forms), default=0)
        return self._rarity(seen) if seen else 1.0

    def _rarity(self, seen: int) -> float:
        """What a word is worth that stands in so many names."""
        return max(0.12, 1 - math.log(seen) / self._most)

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
                worth = max(self._worth_of(mine), self._worth_of(theirs))
                pairs.append(Pair(mine.said, theirs.said, likeness, worth))
        extra = [(one, self._worth_of(one)) for one in _left(asked, used)]
        gaps = [(one, self._worth_of(one)) for one in _left(listed, answered)]
        pairs += [Pair(one.said, "", 0.0, worth) for one, worth in extra]
        pairs += [Pair("", one.said, 0.0, worth) for one, worth in gaps]
        return Found(tuple(pairs))


def _offers(asked: Sequence[Unit], listed: Sequence[Unit]) -> Iterator[Offer]:
    for mine in asked:
        for theirs in listed:
            size = len(mine.places + theirs.places)
            likeness = _LIKENESS[mine.forms, theirs.forms] if size < 4 else 0.0
            if likeness > (BONES.one_sign if size > 2 else 0):
                yield likeness, size, mine, theirs


def _left(units: Sequence[Unit], used: set[int]) -> list[Unit]:
    return [one for one in units if len(one.places) == 1 and used.isdisjoint(one.places)]


def alike(forms: tuple[Forms, Forms]) -> float:
    """1 for words with equal bones whose written vowels agree; 0 for other words."""
    mine, theirs = forms
    return max((_alike(form, other) for form in mine for other in theirs), default=0.0)


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


_LIKENESS = Memo(alike)


def comparable(query: Query) -> bool:
    """A person's name of two words or more, all in Arabic letters, with enough bones to tell."""
    if not all(ARABIC.match(sign) for sign in folded(query.name) if sign.isalpha()):
        return False
    words = words_in(query.name)
    bones = [min((len(form.bones) for form in word.forms), default=0) for word in words]
    return len(words) > 1 and all(bones) and sum(bones) >= BONES.fewest_bones


def _crossed(query: Query, listed: Listed) -> bool:
    kinds = {query.kind, listed.kind} - {""}
    return len(kinds) > 1 and "person" in kinds


def _told(found: Found, query: Query, listed: Listed, bands: Bands, score: float) -> list[str]:
    """Why this may be the listed name; empty when it is not. A row may ask to see more."""
    wanted = bands.asks_for_more(query.kind, listed.source)
    if found.equal:
        why = "the same letters, as far as vowels are written"
    elif (not _crossed(query, listed) and found.score >= BONES.possible_from and found.enough) or (
        wanted and score >= bands.possible(query.kind, listed.source)
    ):
        why = f"words are {found.score:.0%} alike, as far as vowels are written"
    else:
        return []
    return [why, *(pair.told() for pair in found.pairs if pair.likeness < 1)]
