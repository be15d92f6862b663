"""What else a Chinese firm's name may be in English: other words, without its place, as it sounds.

A list gives one translation of many. Each reading is asked as a name of its own; what only such a
reading finds is never certain.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from .answers import NONE, POSSIBLE, Answer, Match, Query
from .hanzi import NAME, PLACE, WORD, Part, parts, pinyin
from .text import HAN

MOST = 24
#: off the score of what a reading finds
FACTOR = 0.97
#: in a reason about a word that is not the listed one
UNLIKE = " ~ "


def otherwise(query: Query) -> list[Query]:
    """The query once for each other reading; none for a person or a name without Chinese signs."""
    if query.kind == "person" or not HAN.search(query.name):
        return []
    told = [part for piece in _pieces(query.name) for part in piece]
    first = _said(told)
    names = dict.fromkeys(name for name in _readings(told) if name and name != first)
    return [replace(query, name=name, identifier="") for name in list(names)[:MOST]]


def together(answer: Answer, others: Sequence[Answer]) -> Iterator[Match]:
    """The matches of the answer and those of its other readings, which are possible at most.

    A reading is spelt by a machine, which makes no slips, and a firm's brand is no person's name.
    """
    yield from answer.matches
    for match in (match for one in others for match in one.matches if match.band != NONE):
        if match.listed.kind == "person" or any(UNLIKE in reason for reason in match.reasons):
            continue
        reasons = (f"read as {match.query}", *match.reasons)
        score = round(match.score * FACTOR, 4)
        yield replace(match, score=score, band=POSSIBLE, reasons=reasons)


def _pieces(name: str) -> Iterator[Sequence[Part]]:
    text = unicodedata.normalize("NFKC", name)
    place = 0
    for found in HAN.finditer(text):
        yield _latin(text[place : found.start()])
        yield parts(found.group())
        place = found.end()
    yield _latin(text[place:])


def _latin(text: str) -> list[Part]:
    words = "".join(sign if sign.isalnum() else " " for sign in text).split()
    return [Part(word, NAME, (word.lower(),)) for word in words]


def _readings(told: list[Part]) -> Iterator[str]:
    at_home = [part for part in told if part.kind != PLACE]
    names = [part for part in told if part.kind == NAME]
    for kept in (told, at_home) if at_home else (told,):
        yield _said(kept)
        yield from _translated(kept)
    if names:
        yield from _of_names(told, names)
    yield " ".join(pinyin(part.signs) for part in told)


def _translated(told: Sequence[Part]) -> Iterator[str]:
    """With one word in another translation, and with all of them in their second one."""
    for place, part in enumerate(told):
        for other in part.english[1:]:
            yield _said([*told[:place], replace(part, english=(other,)), *told[place + 1 :]])
    yield _said([replace(part, english=part.english[1:2] or part.english) for part in told])


def _of_names(told: list[Part], names: list[Part]) -> Iterator[str]:
    """The brand alone, and with the first or the last word of its trade."""
    words = [part for part in told if part.kind == WORD]
    for brand in names[0].english:
        rest = [one.english[0] for one in names[1:]]
        yield " ".join([brand, *rest])
        for word in dict.fromkeys(part.english[0] for part in [*words[:1], *words[-2:]]):
            yield " ".join([brand, *rest, word])


def _said(told: Iterable[Part]) -> str:
    return " ".join(part.english[0] for part in told)
