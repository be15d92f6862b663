"""All names of the lists in force, held for search: candidates, then one scored case each."""

import math
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Self

from .alignment import Aligner
from .answers import NONE, POSSIBLE, UNSCREENABLE, Answer, Bands, Listed, Match, Query
from .candidates import Asked, Candidates, Equal
from .case import Case
from .chance import Chance
from .chinese_persons import parted
from .letters import Letters
from .likeness import Likeness
from .names import names_of
from .numbers import NUMBERS
from .readings import otherwise, together
from .scoring import Scorer
from .scripts import Scripts, unread
from .sound import looks_chinese
from .text import HAN, SHORTEST, core, every, plain, spelt
from .worth import Worth

BEST = 10  # entries kept per query
#: queries that take each step together: that keeps the step's code and tables in the nearest caches
TOGETHER = 256


class Index:
    """Immutable once built, apart from memories of pure functions; safe to share by threads."""

    def __init__(self, names: Iterable[Listed], bands: Bands | None = None) -> None:
        self.bands = bands or Bands()
        self.names: Sequence[Listed] = list(names)
        self._names = [name for listed in self.names for name in names_of(listed)]
        self._worth = Worth([name.words for name in self._names])
        likeness = Likeness(self._worth)
        chance = Chance(self._worth, Letters(self._worth.seen))
        self._scorer = Scorer(self.bands, Aligner(self._worth, likeness), chance)
        self.candidates = Candidates(self._names)
        self._scripts = Scripts(self.names)

    def banded(self, bands: Bands) -> Self:
        """The same names under other bands. Cheap: all but the bands is shared."""
        if bands == self.bands:
            return self
        other = copy(self)
        other.bands = bands
        other._scorer = Scorer(bands, self._scorer.aligner, self._scorer.chance)
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
        asked = [Query(one) if isinstance(one, str) else one for one in queries]
        parts = (asked[at : at + TOGETHER] for at in range(0, len(asked), TOGETHER))
        return [answer for part in parts for answer in self._read(part)]

    def _read(self, queries: Sequence[Query]) -> list[Answer]:
        """The answers to the names, to their other readings and in their own scripts, if any."""
        answers = self._answers([self._asked(query) for query in queries])
        places = [at for at, query in enumerate(queries) if not query.name.isascii()]
        if not places:
            return answers
        readings = [otherwise(queries[at]) for at in places]
        told = [self._asked(one, read=True) for some in readings for one in some]
        read = iter(self._answers(told))
        for at, some in zip(places, readings, strict=True):
            others = [next(read) for _ in some]
            answers[at] = self._with_others(queries[at], answers[at], others)
        return answers

    def _with_others(self, query: Query, answer: Answer, others: Sequence[Answer]) -> Answer:
        more = list(self._scripts.find(query, self.bands))
        if not (others or more):
            return answer
        found = _best([*together(answer, others), *more])
        return Answer(found[0].band if found else answer.band, found, answer.problem)

    def _asked(self, query: Query, *, read: bool = False) -> Asked:
        person = query.kind == "person"
        told = plain(query.name, person=person)
        raw = spelt(told)
        words = self._worth.respaced(raw)
        chinese = person and (looks_chinese(raw) or HAN.search(query.name) is not None)
        mended = [self._worth.mend[word] for word in words]
        known = core(mended, person=person, chinese=chinese)
        # another script is still worth a look; a name that is too short is not, nor a reading with
        # a word that is in no name: `_otherwise` would throw away whatever is found
        strange = read and not person and any(self._scorer.aligner.strange[word] for word in words)
        comparable = not strange and sum(map(len, words)) >= SHORTEST
        read = read or (person and parted(query.name) is not None)
        return Asked(
            query,
            raw,
            words,
            known,
            told,
            every(query.name, person=person),
            chinese,
            unread(query),
            read,
            comparable,
        )

    def _answers(self, asked: Sequence[Asked]) -> list[Answer]:
        """Each step for all of them before the next step begins."""
        equal = [self.candidates.equal(one) for one in asked]
        slips = [{} if one.read else self.candidates.slipped(one) for one in asked]
        near = self.candidates.near(asked)
        cases = [self._cases(*one) for one in zip(asked, equal, slips, near, strict=True)]
        return [self._answer(*one) for one in zip(asked, equal, cases, strict=True)]

    def _cases(
        self, asked: Asked, equal: Equal, slips: Mapping[int, int], near: Iterable[int]
    ) -> list[tuple[int, Case]]:
        """What is worth weighing, by place; a name that is equal is judged by that."""
        found = []
        for place in dict.fromkeys([*slips, *near]):
            if place not in equal:
                case = self._case(asked, place, slips.get(place))
                if case is not None and not (asked.read and _otherwise(case)):
                    found.append((place, case))
        return found

    def _answer(self, asked: Asked, equal: Equal, cases: Sequence[tuple[int, Case]]) -> Answer:
        query, names, scorer = asked.query, self._names, self._scorer
        found = [scorer.numbered(query, names[at]) for at in self.candidates.numbered(asked)]
        found += [scorer.equal(query, names[place], *why) for place, why in equal.items()]
        for place, case in cases:
            found += scorer.fuzzy(case, query, names[place])
        matches = _best(found)
        band = matches[0].band if matches else NONE
        unanswered = asked.problem and band == NONE
        return Answer(UNSCREENABLE if unanswered else band, matches, asked.problem)

    def _case(self, asked: Asked, place: int, slips: int | None) -> Case | None:
        """None when it is not worth weighing."""
        name = self._names[place]
        found = self._scorer.aligner.align(
            asked.words,
            name.words,
            person=asked.query.kind == "person" or name.person,
            chinese=asked.chinese,
            family=name.family,
            least=NUMBERS.hopeless if slips is None else -math.inf,
            equal=asked.read,
        )
        return found and Case(
            asked.words,
            asked.core,
            name.words,
            name.core,
            asked.query.kind,
            name.listed.kind,
            asked.chinese,
            slips,
            name.family,
            asked.read,
            found,
        )


def _otherwise(case: Case) -> bool:
    """What a machine spells has no slips, and no person leaves out a sign of the given name."""
    return any(one.asked or case.person for one in case.found.unequal)


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
