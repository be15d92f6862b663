"""Which listed names a query is compared with: equal forms by hash, near ones by two searches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from .answers import Query
from .grams import Grams
from .names import Equals, Name
from .numbers import NUMBERS
from .slips import Slips
from .tables import LEGAL
from .text import SHORTEST, core

Words = tuple[str, ...]
Equal = dict[int, tuple[float, str]]  # places, the score of such an equality and what it is called


@dataclass(frozen=True, slots=True)
class Asked:
    """A query made comparable: `raw` as given, `words` with spaces put right."""

    query: Query
    raw: Words
    words: Words
    core: Words
    plain: Words
    every: Words
    chinese: bool
    problem: str
    read: bool  # from Chinese signs in several ways, not to be read with slips as well
    comparable: bool  # whether names that are not equal are worth a look


class Candidates:
    """Places of listed names. Immutable once built."""

    def __init__(self, names: Sequence[Name]) -> None:
        self._names = names
        self._equals = Equals(names)
        self.grams = Grams([name.words for name in names])
        self._slips = Slips(
            (letters, place)
            for place, name in enumerate(names)
            for letters in sorted(set(name.joined()))
        )

    def numbered(self, asked: Asked) -> Sequence[int]:
        if not asked.query.identifier:
            return ()
        numbers = [number for number in asked.query.numbers() if len(number) > 4]
        return sorted({at for one in numbers for at in self._equals.numbers.get(one, ())})

    def equal(self, asked: Asked) -> Equal:
        """The weakest equality first: a later, stronger one overwrites it."""
        found: Equal = {}
        same_core = " ".join(sorted(core(asked.words, person=False)))
        letters = "".join(asked.words)
        if asked.query.kind != "person" and len(same_core) >= SHORTEST:
            why = (NUMBERS.same_core, "the same name with another legal form")
            same = self._equals.cores.get(same_core, ())
            found |= dict.fromkeys((one for one in same if not self._named_after(asked, one)), why)
        if len(letters) >= SHORTEST:
            why = (NUMBERS.same_letters, "the same letters, spaced otherwise")
            found |= dict.fromkeys(self._equals.letters.get(letters, ()), why)
        for words in (asked.words, asked.raw):
            same = self._equals.words.get(" ".join(sorted(words)), ())
            found |= dict.fromkeys(same, (1.0, "the same words"))
        return found

    def _named_after(self, asked: Asked, place: int) -> bool:
        """A firm that has one word and a legal form is not the person whose alias is that word."""
        name = self._names[place]
        return name.person and len(asked.core) == 1 and not LEGAL.isdisjoint(asked.words)

    def slipped(self, asked: Asked) -> dict[int, int]:
        found: dict[int, int] = {}
        forms = (asked.words, asked.plain, asked.core, asked.every)
        for letters in dict.fromkeys("".join(words) for words in forms):
            # two edits of so few letters may make any other name of a firm or of two words
            short = len(letters) < NUMBERS.letters - 1
            most = 1 if short and (asked.query.kind != "person" or len(asked.words) > 1) else 2
            for place, edits in self._slips.find(letters).items():
                if edits <= most or self._names[place].listed.kind == "aircraft":
                    found[place] = min(edits, found.get(place, edits))
        return found

    def _gapped(self, asked: Asked) -> Sequence[int]:
        """Names that have one more word: a person's anywhere, others' in the middle."""
        return self._equals.gaps.get((asked.query.kind == "person", *sorted(asked.words)), ())

    def near(self, asked: Sequence[Asked]) -> list[list[int]]:
        """Of each query: names with one more word, then those with nearly the same letters."""
        cosines = [self.grams.find(one.words) if one.comparable else [] for one in asked]
        return [
            [*self._gapped(one), *self._plausible(one, near)] if one.comparable else []
            for one, near in zip(asked, cosines, strict=True)
        ]

    def _plausible(self, asked: Asked, near: Sequence[tuple[int, float]]) -> list[int]:
        """Good candidates, and weak ones only when the whole string is close in either order."""
        strong = {place for place, cosine in near[: NUMBERS.nearest] if cosine >= NUMBERS.cosine}
        places = [place for place, _ in near]
        told = " ".join(sorted(asked.core))
        found = _alike(told, {at: self._names[at].told for at in strong}, NUMBERS.ratio)
        whole, weak = " ".join(asked.words), [at for at in places if at not in found]
        found |= _alike(whole, {at: self._names[at].whole for at in weak}, NUMBERS.weak_ratio)
        flipped = {at: name.flipped for at in weak if (name := self._names[at]).flipped}
        found |= _alike(whole, flipped, NUMBERS.weak_ratio)
        return [at for at in places if at in found]


def _alike(words: str, others: Mapping[int, str], least: float) -> set[int]:
    """Places of the names that are so alike as a whole, of 100."""
    if not others:
        return set()
    within = process.extract(words, others, scorer=fuzz.ratio, score_cutoff=least, limit=None)
    return {place for _, _, place in within}
