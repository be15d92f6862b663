"""Named cases in which less than the usual score is enough, because chance is rare there."""

from collections.abc import Iterator
from typing import NamedTuple

from rapidfuzz.distance import OSA

from .alignment import Alignment, Words
from .likeness import Likeness, near
from .numbers import NUMBERS
from .tables import INDUSTRY, LEGAL, PARTICLES


class Case(NamedTuple):
    """One query against one listed name; `slips` is the edits between their joined letters."""

    asked: Words
    core: Words
    listed: Words
    listed_core: Words
    kind: str
    listed_kind: str
    chinese: bool
    slips: int | None
    found: Alignment

    @property
    def person(self) -> bool:
        return self.kind == "person"


def lowered(case: Case, likeness: Likeness) -> tuple[float, str] | None:
    """The lowest bound that a rule allows, and why; None when no rule speaks."""
    rules = [*_one_word(case)]
    if not case.chinese:
        rules += [*_few_edits(case, likeness), *_lost_word(case), *_spacing(case)]
    return min(rules, default=None)


def bare(case: Case) -> str | None:
    """Why so short a name is a slip of the listed one, though its letters are too few for odds."""
    if case.slips is None or case.chinese:
        return None
    letters, one = len("".join(case.asked)), len(case.asked) == len(case.listed) == 1
    few = 1 if letters < NUMBERS.letters_of_word else 2
    if case.person and one and case.slips <= few:
        return "a name of one word, a slip or two apart"
    code = letters < NUMBERS.letters_of_code or (len(case.asked) > 1 and _initials(case.asked))
    if case.slips < 2 and "person" not in (case.kind, case.listed_kind) and code:
        return "initials or a code, a slip apart"
    alike = len(case.asked) == len(case.listed) and LEGAL.isdisjoint(case.asked)
    return "a mark of an aircraft, a slip or two apart" if _mark(case) and alike else None


def _mark(case: Case) -> bool:
    return case.listed_kind == "aircraft" and not case.person


def _initials(words: Words) -> bool:
    return LEGAL.isdisjoint(words) and all(
        len(word) < NUMBERS.letters_of_code or not word.isalpha() for word in words
    )


def _one_word(case: Case) -> Iterator[tuple[float, str]]:
    if len(case.core) != 1:
        return
    word = case.core[0]
    if len(case.listed_core) == 1:
        other = case.listed_core[0]
        longer, edits = max(len(word), len(other)), OSA.distance(word, other, score_cutoff=2)
        slip = (edits == 1 and longer > 2) or (edits == 2 and longer > 8)
        if slip and (case.found.complete or longer > 5 or case.person):
            yield NUMBERS.lone, "one telling word, a slip apart"
    elif case.kind == "organisation" and len(case.listed_core) == 2 and word in case.listed_core:
        firm = (
            case.listed_kind == "organisation"
            or not LEGAL.isdisjoint(case.listed)
            or not INDUSTRY.isdisjoint(case.listed_core)
        )
        if firm and len(word) > 5 and case.found.matched > 0.8:
            yield NUMBERS.brand, "a rare word of a firm, one more word listed"


def _few_edits(case: Case, likeness: Likeness) -> Iterator[tuple[float, str]]:
    found, unequal = case.found, case.found.unequal
    lacking = len(case.listed_core) - len(case.core)
    least = NUMBERS.whole_of_person if case.person else NUMBERS.whole_of_other
    if (
        found.matched >= least
        and found.extra < 0.12
        and found.edits == 0
        and lacking < 2 <= len(case.core)
    ):
        yield NUMBERS.whole, "every word is listed, unchanged"
    if len(unequal) == 1 and unequal[0].asked and unequal[0].listed:
        one = unequal[0]
        rest = found.matched - one.likeness * one.worth
        if near(one.asked, one.listed) and (found.complete or len(one.asked) > 5 or rest > 0.2):
            yield NUMBERS.one_edit, "one edit in one word"
    told = min(len("".join(case.core)), len("".join(case.listed_core)))
    if told >= NUMBERS.letters and _slips_tell(case, likeness):
        yield 0.0, f"slips in the whole name: {case.slips}"
    elif found.complete and 0 < len(unequal) < 3 and told >= 10:
        edits = sum(OSA.distance(one.asked, one.listed, score_cutoff=3) for one in unequal)
        if edits <= 2:
            yield NUMBERS.two_edits, "two edits in all"


def _lost_word(case: Case) -> Iterator[tuple[float, str]]:
    if _after_particle_missing(case):
        yield 0.0, "the listed name without the word after Abu, Abdul or the like"
    if _middle_missing(case):
        yield 0.0, "the listed name without a word in the middle"


def _middle_missing(case: Case) -> bool:
    found, lacking = case.found, len(case.listed) - len(case.asked)
    alone = len(case.core) == 1 and found.matched < NUMBERS.alone
    return (
        not (case.person or alone)
        and case.listed_kind != "person"
        and found.edits == found.extra == 0
        and 0 < lacking < 3
        and len(case.asked) > 1
        and case.asked[0] == case.listed[0]
        and case.asked[-1] == case.listed[-1]
    )


def _after_particle_missing(case: Case) -> bool:
    """Abdul Latif Mansur as Abdul Mansur: no word but the last one tells."""
    return (
        case.person
        and case.found.edits == case.found.extra == 0
        and len(case.listed) - len(case.asked) == 1
        and len(case.core) == 1
        and case.asked[0] == case.listed[0]
        and case.asked[0] in PARTICLES
        and case.asked[-1] == case.listed[-1]
    )


def _slips_tell(case: Case, likeness: Likeness) -> bool:
    """Whether so few edits are more than chance: in a long word, or beside a rare word."""
    if case.slips is None:
        return False
    asked = [one.asked for one in case.found.unequal if one.asked]
    if not any(not likeness.known(word, chinese=False) for word in asked):
        return False
    if case.slips < 2 and not case.person and len("".join(asked)) > 2:
        return True
    equal = sum(one.worth for one in case.found.pairs if one.likeness == 1)
    beside = NUMBERS.beside_of_person if case.person else NUMBERS.beside
    return len("".join(asked)) >= 6 or equal >= beside


def _spacing(case: Case) -> Iterator[tuple[float, str]]:
    if case.slips is None or case.slips > 1:
        return
    if (case.listed_kind == "vessel" and case.found.complete) or len(case.asked) == 1:
        yield NUMBERS.lone, "a slip apart as one word"
    elif len("".join(case.asked)) >= (6 if case.person else 8) and len(case.asked) != len(
        case.listed
    ):
        yield NUMBERS.joined, "the same letters but one, spaced otherwise"
