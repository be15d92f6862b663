"""Words of names in Arabic letters and of listed names beside them: which tell, where to cut."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .answers import Listed
from .consonants import Form, folded, of_arabic, of_latin
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
