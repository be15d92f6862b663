"""All names of the lists in force, held for search: candidates, then one scored case each."""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Self

from rapidfuzz import fuzz

from .alignment import Aligner
from .answers import NONE, POSSIBLE, UNSCREENABLE, Answer, Bands, Listed, Match, Query
from .chance import Chance
from .grams import Grams
from .letters import Letters
from .likeness import Likeness
from .names import Equals, Name, names_of
from .numbers import NUMBERS
from .readings import otherwise, together
from .rules import Case
from .scoring import Scorer
from .scripts import Scripts, unread
from .slips import Slips
from .sound import looks_chinese
from .tables import LEGAL
from .text import HAN, SHORTEST, core, plain, spelt
from .worth import Worth

BEST = 10  # entries kept per query

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A query made comparable: `raw` as given, `words` with spaces put right."""

    query: Query
    raw: Words
    words: Words
    core: Words
    plain: Words
    chinese: bool
    problem: str
    read: bool  # one of several readings, which are not to be read with slips as well


class Index:
    """Immutable once built, apart from memories of pure functions; safe to share by threads."""

    def __init__(self, names: Iterable[Listed], bands: Bands | None = None) -> None:
        self.bands = bands or Bands()
        self.names: Sequence[Listed] = list(names)
        self._names = [name for listed in self.names for name in names_of(listed)]
        words = [name.words for name in self._names]
        self._worth = Worth(words)
        likeness = Likeness(self._worth)
        chance = Chance(self._worth, Letters(self._worth.seen))
        self._scorer = Scorer(self.bands, Aligner(self._worth, likeness), likeness, chance)
        self._equals = Equals(self._names)
        self._scripts = Scripts(self.names)
        self._grams = Grams(words)
        self._slips = Slips(
            (letters, place)
            for place, name in enumerate(self._names)
            for letters in sorted(set(name.joined()))
        )

    def banded(self, bands: Bands) -> Self:
        """The same names under other bands. Cheap: all but the bands is shared."""
        if bands == self.bands:
            return self
        other = copy(self)
        other.bands = bands
        other._scorer = Scorer(
            bands, self._scorer.aligner, self._scorer.likeness, self._scorer.chance
        )
        return other

    def screen(
        self,
        name: str,
        *,
        kind: str = "",
        country: str = "",
        birth_date: str = "",
        identifier: str = "",
    ) -> Answer:
        """Matches of one name, best first, one per entry. `kind` is person, organisation or ''."""
        return self.screen_many([Query(name, kind, country, birth_date, identifier)])[0]

    def screen_many(self, queries: Sequence[Query | str]) -> list[Answer]:
        """The answer to each query, the same as if it were asked alone."""
        return [self._read(Query(one) if isinstance(one, str) else one) for one in queries]

    def _read(self, query: Query) -> Answer:
        """The answer to the name, to its other readings and in its own script, if it has any."""
        answer = self._answer(self._asked(query))
        if query.name.isascii():
            return answer
        others = [self._answer(self._asked(one, read=True)) for one in otherwise(query)]
        more = list(self._scripts.find(query, self.bands))
        if others or more:
            found = _best([*together(answer, others), *more])
            answer = Answer(found[0].band if found else answer.band, found, answer.problem)
        return answer

    def _asked(self, query: Query, *, read: bool = False) -> Asked:
        person = query.kind == "person"
        told = plain(query.name, person=person)
        raw = spelt(told)
        words = self._worth.respaced(raw)
        chinese = person and (looks_chinese(raw) or HAN.search(query.name) is not None)
        mended = [self._worth.mend[word] for word in words]
        known = core(mended, person=person, chinese=chinese)
        return Asked(query, raw, words, known, told, chinese, unread(query), read)

    def _answer(self, asked: Asked) -> Answer:
        query, equal = asked.query, self._equal(asked)
        found = [self._scorer.numbered(query, self._names[at]) for at in self._numbered(asked)]
        found += [
            self._scorer.equal(query, self._names[place], *why) for place, why in equal.items()
        ]
        slips = {} if asked.read else self._slipped(asked)
        near = [*self._gapped(asked), *self._plausible(asked)] if self._comparable(asked) else []
        for place in dict.fromkeys([*slips, *near]):
            if place not in equal:
                case = self._case(asked, place, slips.get(place))
                if asked.read and self._scorer.chance.speaks(case):
                    continue
                found += self._scorer.fuzzy(case, query, self._names[place])
        matches = _best(found)
        band = matches[0].band if matches else NONE
        unanswered = asked.problem and band == NONE
        return Answer(UNSCREENABLE if unanswered else band, matches, asked.problem)

    def _comparable(self, asked: Asked) -> bool:
        """Another script is still worth a look; a name that is too short is not."""
        return sum(map(len, asked.words)) >= SHORTEST

    def _gapped(self, asked: Asked) -> Sequence[int]:
        """Names of firms and vessels that have one more word in the middle."""
        if asked.query.kind == "person":
            return ()
        return self._equals.gaps.get(" ".join(asked.words), ())

    def _numbered(self, asked: Asked) -> Sequence[int]:
        numbers = [number for number in asked.query.numbers() if len(number) > 4]
        return sorted({at for one in numbers for at in self._equals.numbers.get(one, ())})

    def _equal(self, asked: Asked) -> dict[int, tuple[float, str]]:
        """The weakest equality first: a later, stronger one overwrites it."""
        found: dict[int, tuple[float, str]] = {}
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

    def _slipped(self, asked: Asked) -> dict[int, int]:
        found: dict[int, int] = {}
        forms = (asked.words, asked.plain, asked.core)
        for letters in dict.fromkeys("".join(words) for words in forms):
            # two edits of so few letters may make any other name of a firm or of two words
            short = len(letters) < NUMBERS.letters - 1
            most = 1 if short and (asked.query.kind != "person" or len(asked.words) > 1) else 2
            for place, edits in self._slips.find(letters).items():
                if edits <= most or self._names[place].listed.kind == "aircraft":
                    found[place] = min(edits, found.get(place, edits))
        return found

    def _plausible(self, asked: Asked) -> list[int]:
        """Good candidates, and weak ones only when the whole string is close in either order."""
        whole, told = " ".join(asked.words), " ".join(sorted(asked.core))
        found: list[int] = []
        for rank, (place, cosine) in enumerate(self._grams.find(asked.words)):
            name = self._names[place]
            strong = cosine >= NUMBERS.cosine and rank < NUMBERS.nearest
            if (strong and fuzz.ratio(told, name.told, score_cutoff=NUMBERS.ratio)) or _alike(
                whole, name
            ):
                found.append(place)
        return found

    def _case(self, asked: Asked, place: int, slips: int | None) -> Case:
        name = self._names[place]
        found = self._scorer.aligner.align(
            asked.words,
            name.words,
            person=asked.query.kind == "person" or name.person,
            chinese=asked.chinese,
            family=name.family,
        )
        kinds = (asked.query.kind, name.listed.kind)
        return Case(
            asked.words, asked.core, name.words, name.core, *kinds, asked.chinese, slips, found
        )


def _alike(whole: str, name: Name) -> bool:
    least = NUMBERS.weak_ratio
    if fuzz.ratio(whole, name.whole, score_cutoff=least):
        return True
    return bool(name.flipped and fuzz.ratio(whole, name.flipped, score_cutoff=least))


def _best(matches: Iterable[Match]) -> tuple[Match, ...]:
    """The best match of each entry, the likeliest entries first, at most BEST of them."""
    entries: dict[tuple[str, str], Match] = {}
    for match in matches:
        if match.band == NONE:
            continue
        key = (match.listed.source, match.listed.uid)
        if key not in entries or match.score > entries[key].score:
            entries[key] = match
    ranked = sorted(
        entries.values(),
        key=lambda one: (one.band == POSSIBLE, -one.score, one.listed.source, one.listed.uid),
    )
    return tuple(ranked[:BEST])
