"""What speaks for and against a pair of names, as numbers: the signs that `chance` weighs.

What agrees and how rare it is, what is unlike and whether it is a name by itself, what is left
over or missing, and the shape of both names. Rarity is of the lists in force; whether a word is a
name is of the lists and of a population at large.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

from rapidfuzz.distance import OSA

from .alignment import Pair
from .case import Case
from .letters import Letters
from .numbers import NUMBERS
from .population import surnames
from .sound import fold, syllable, syllables
from .tables import INDUSTRY, LEGAL, PARTICLES
from .worth import Worth

FAR = 3  # more slips than are looked for
LONG = 20  # letters of a word, when there is none

AGREED = (
    "worth found again",
    "likeness",
    "share of edits",
    "share left over",
    "share missing",
    "worth of equal words",
    "rarest equal word",
    "surprise of equal words",
    "equal words",
    "letters of equal words",
    "equal particles",
    "family name missing",
    "nothing left over or missing",
)
UNLIKE = (
    "worth of unlike words",
    "unlike words",
    "edits in unlike words",
    "edits for each letter",
    "shortest unlike word",
    "least likeness of a word",
    "surprise of unlike words",
    "surprise for each letter",
    "surprise beyond the listed word",
    "unlike words that are listed",
    "how often they are listed",
    "unlike words that are surnames",
    "unlike words of one syllable",
    "unlike words in pinyin",
    "letters swapped or doubled",
    "first letters changed",
    "alike to the ear",
    "unlike words with digits",
)
REST = (
    "words left over",
    "letters left over",
    "particles left over",
    "words missing",
    "rarest missing word",
)
SHAPE = (
    "words asked",
    "words listed",
    "telling words asked",
    "telling words listed",
    "letters asked",
    "letters more or fewer",
    "slips in the whole name",
    "surprise of the whole name",
    "first word the same",
    "last word the same",
    "words of trades",
    "other legal forms",
    "a Chinese name",
    "listed without a kind",
    "one is a person and one is not",
    "a vessel or aircraft",
    "read from Chinese signs",
)
SIGNS = (*AGREED, *UNLIKE, *REST, *SHAPE)
Told = Sequence[Pair]


class Evidence:
    def __init__(self, worth: Worth, letters: Letters) -> None:
        self._seen, self._nats = worth.seen, letters.nats
        self._surnames = surnames()

    def of(self, case: Case) -> tuple[float, ...]:
        """The signs, in the order of SIGNS."""
        both = [one for one in case.found.pairs if one.asked and one.listed]
        equal = [one for one in both if one.likeness == 1]
        telling = [one for one in case.found.unequal if one.likeness < 1]
        unlike = [one for one in telling if one.asked and one.listed]
        left = [one for one in telling if not one.listed]
        missing = [one for one in telling if not one.asked]
        return (
            *self._agreed(case, equal),
            *self._unlike(unlike, left),
            len(left),
            sum(len(one.asked) for one in left),
            sum(not one.listed and one.asked in PARTICLES for one in case.found.pairs),
            len(missing),
            max((one.worth for one in missing), default=0.0),
            *self._shape(case),
        )

    def _agreed(self, case: Case, equal: Told) -> tuple[float, ...]:
        found = case.found
        worths = [one.worth for one in equal]
        return (
            found.matched,
            found.score,
            found.edits,
            found.extra,
            found.missing,
            sum(worths),
            max(worths, default=0.0),
            sum(self._nats[one.asked] for one in equal),
            len(equal),
            sum(len(one.asked) for one in equal if one.worth > NUMBERS.particle),
            sum(one.asked in PARTICLES for one in equal),
            found.family_missing,
            found.complete,
        )

    def _unlike(self, unlike: Told, left: Told) -> tuple[float, ...]:
        words = [one.asked for one in (*unlike, *left)]
        nats = sum(self._nats[word] for word in words)
        edits = sum(OSA.distance(one.asked, one.listed) for one in unlike)
        return (
            sum(one.worth for one in unlike),
            len(unlike),
            edits,
            edits / max(1, sum(len(one.listed) for one in unlike)),
            min((len(one.listed) for one in unlike), default=LONG),
            min((one.likeness for one in unlike), default=1.0),
            nats,
            nats / max(1, sum(map(len, words))),
            sum(self._nats[one.asked] - self._nats[one.listed] for one in unlike),
            sum(word in self._seen for word in words),
            math.log1p(max((self._seen.get(word, 0) for word in words), default=0)),
            sum(word in self._surnames for word in words),
            sum(map(syllable, words)),
            sum(map(syllables, words)),
            sum(map(_clumsy, unlike)),
            sum(one.asked[0] != one.listed[0] for one in unlike),
            sum(fold(one.asked) == fold(one.listed) for one in unlike),
            sum(not (one.asked + one.listed).isalpha() for one in (*unlike, *left)),
        )

    def _shape(self, case: Case) -> tuple[float, ...]:
        asked, listed = case.asked, case.listed
        letters, natural = len("".join(asked)), listed[case.family :] + listed[: case.family]
        return (
            len(asked),
            len(listed),
            len(case.core),
            len(case.listed_core),
            letters,
            abs(letters - len("".join(listed))),
            FAR if case.slips is None else case.slips,
            sum(self._nats[word] for word in asked),
            asked[0] in (listed[0], natural[0]),
            asked[-1] in (listed[-1], natural[-1]),
            sum(word in INDUSTRY for word in asked),
            _forms(asked) != _forms(listed),
            case.chinese,
            not case.listed_kind,
            case.crossed,
            case.listed_kind in ("vessel", "aircraft"),
            case.read,
        )


def _clumsy(pair: Pair) -> bool:
    """Letters swapped or doubled: as fingers err, and as names seldom differ."""
    one, other = pair.asked, pair.listed
    return sorted(one) == sorted(other) or _single(one) == _single(other)


def _single(word: str) -> str:
    return word[:1] + "".join(after for letter, after in pairwise(word) if after != letter)


def _forms(words: Sequence[str]) -> list[str]:
    return sorted(word for word in words if word in LEGAL)
