"""Whether unlike letters are slips of the pen or another name: log odds of the one over the other.

Rare words that agree speak for slips, and so do letters that make no name and letters swapped or
doubled; an unlike word that is a name by itself, words left over and other kinds speak against.
The weights were fitted (`bench.fit`), apart for persons and for the rest; they stand in `numbers`.
"""

from collections.abc import Sequence
from itertools import pairwise

from rapidfuzz.distance import OSA

from .alignment import Pair
from .letters import Letters
from .numbers import NUMBERS
from .rules import Case
from .tables import LEGAL
from .worth import Worth

#: what is weighed, in the order of the weights
SIGNS = (
    "bias",
    "worth found again",
    "worth of unlike words",
    "surprise of their letters",
    "unlike words that are listed names themselves",
    "letters swapped or doubled",
    "words left over",
    "words missing",
    "nothing left over or missing",
    "one telling word",
    "other legal forms",
    "a Chinese name",
    "listed without a kind",
    "one is a person and one is not",
)


class Chance:
    def __init__(self, worth: Worth, letters: Letters) -> None:
        self._seen, self._nats = worth.seen, letters.nats

    def speaks(self, case: Case) -> bool:
        """There is an unlike word that tells."""
        return any(one.asked for one in case.found.unequal)

    def odds(self, case: Case) -> float:
        weights = NUMBERS.slips_of_person if case.person else NUMBERS.slips_of_other
        return sum(
            weight * sign for weight, sign in zip(weights, self.signs(case), strict=True) if sign
        )

    def bound(self, case: Case) -> float:
        """What the odds must reach: the more edits, the more."""
        few = case.person, edits(case) < 2
        return {
            (True, True): NUMBERS.one_slip_of_person,
            (False, True): NUMBERS.one_slip_of_other,
            (True, False): NUMBERS.more_slips_of_person,
            (False, False): NUMBERS.more_slips_of_other,
        }[few]

    def signs(self, case: Case) -> tuple[float, ...]:
        found = case.found
        told = found.unequal
        unlike = [one for one in told if one.asked]
        paired = [one for one in unlike if one.listed]
        person = {case.kind == "person", case.listed_kind == "person"} == {True, False}
        return (
            1.0,
            found.matched,
            sum(one.worth for one in paired),
            sum(self._nats[one.asked] for one in unlike),
            sum(one.asked in self._seen for one in unlike),
            sum(map(_clumsy, paired)),
            len(unlike) - len(paired),
            len(told) - len(unlike),
            found.complete,
            len(case.core) == 1,
            _forms(case.asked) != _forms(case.listed),
            case.chinese,
            not case.listed_kind,
            person and bool(case.kind and case.listed_kind),
        )


def edits(case: Case) -> int:
    """In the whole name when it is near as a whole, else in its paired words."""
    if case.slips is not None:
        return case.slips
    return sum(
        OSA.distance(one.asked, one.listed)
        for one in case.found.unequal
        if one.asked and one.listed
    )


def _clumsy(pair: Pair) -> bool:
    """Letters swapped or doubled: as fingers err, and as names seldom differ."""
    one, other = pair.asked, pair.listed
    return sorted(one) == sorted(other) or _single(one) == _single(other)


def _single(word: str) -> str:
    return word[:1] + "".join(after for letter, after in pairwise(word) if after != letter)


def _forms(words: Sequence[str]) -> list[str]:
    return sorted(word for word in words if word in LEGAL)
