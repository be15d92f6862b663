"""Whether a name is the listed one written otherwise, or another name: log odds of the one.

Two sums of trees, one for persons and one for the rest, were fitted to slips and lost words of
listed names against made-up ones (`bench.fit`). What the odds must reach depends on how far apart
the names are.
"""

from collections.abc import Sequence

from .case import Case
from .evidence import Evidence
from .letters import Letters
from .numbers import NUMBERS
from .population import surnames
from .tables import INDUSTRY, LEGAL, PARTICLES
from .text import SHORTEST
from .trees import load
from .worth import Worth

_FORMS = LEGAL | PARTICLES  # A.S. is spelt like an article
TOLD = 3  # signs that are named among the reasons


class Chance:
    def __init__(self, worth: Worth, letters: Letters) -> None:
        self._evidence, self._trees = Evidence(worth, letters), load()
        self._seen = worth.seen

    def signs(self, case: Case) -> tuple[float, ...]:
        return self._evidence.of(case)

    def odds(self, case: Case, signs: Sequence[float]) -> float:
        return self._trees[_kind(case)].odds(signs)

    def bound(self, case: Case) -> float:
        """What the odds must reach."""
        return float(getattr(NUMBERS, f"{way(case)}_of_{_kind(case)}"))

    def although(self, case: Case) -> str:
        """Why a person looks though the odds are low; empty for nearly every pair."""
        if self._brand(case):
            return "a rare word of a firm, without those of its trade"
        mark = case.listed_kind == "aircraft" and case.slips is not None and not case.person
        alike = len(case.asked) == len(case.listed)
        if mark and alike and _FORMS.isdisjoint(case.asked):
            return "a mark of an aircraft, a slip or two apart"
        if case.slips is not None and sum(map(len, case.asked)) < SHORTEST:
            return "too short to be told from it, a slip apart"  # a person looks in any case
        return ""

    def _brand(self, case: Case) -> bool:
        """A firm asked for by a word of its own, without the listed words of its trade.

        Such a word is long, in few listed names, and no surname: those name firms everywhere.
        """
        [word, *more] = case.core
        beside = [one for one in case.listed_core if one != word]
        return (
            case.kind == "organisation"
            and case.listed_kind in ("organisation", "")
            and not (more or case.found.edits)
            and 0 < len(beside) == len(case.listed_core) - 1
            and INDUSTRY.issuperset(beside)
            and len(word) >= NUMBERS.letters_of_brand
            and self._seen.get(word, 0) <= NUMBERS.names_of_brand
            and word not in surnames()
        )

    def told(self, case: Case, signs: Sequence[float]) -> list[str]:
        """The signs that moved the odds most, for a person to read."""
        moved = self._trees[_kind(case)].told(signs)
        most = sorted(moved, key=lambda name: -abs(moved[name]))[:TOLD]
        return [f"{name} {moved[name]:+.1f}" for name in most]


def way(case: Case) -> str:
    """How far apart they are; each way has a bound of its own.

    A slip of the pen leaves the name as a whole one or two edits away, so nearly all pairs without
    that are of two names.
    """
    if case.slips is not None:
        return "one_slip" if case.slips < 2 else "two_slips"
    return "unlike" if any(one.asked for one in case.found.unequal) else "fewer_words"


def _kind(case: Case) -> str:
    return "person" if case.person else "other"
