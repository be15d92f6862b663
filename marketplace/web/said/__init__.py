"""Texts that other rooms compose, in the language of the page that shows them.

What is kept (the reason of a reservation, a notice of a wallet) and what programs read (the fault
in a field) is English. A page shows it in its reader's language: the sentences are known by their
pattern. What nobody has listed is shown as it is.
"""

import re
from collections.abc import Iterator
from functools import cache

from django.utils.translation import get_language, gettext

from . import (
    accounts,
    borrowed,
    brokerage,
    compliance,
    fleet,
    grades,
    hooks,
    known,
    machines,
    money,
)

#: every list of sentences, with %(name)s where another text stands
LISTS = (accounts, borrowed, brokerage, compliance, fleet, grades, hooks, known, machines, money)
HOLE = re.compile(r"%\((\w+)\)s")
#: where only a number stands, so that a sentence of somebody's own is not taken for one of these
NUMBERS = frozenset(
    [
        "number",
        "days",
        "seconds",
        "hours",
        "minutes",
        "most",
        "least",
        "cost",
        "code",
        "size",
        "width",
        "generation",
        "newest",
        "digits",
    ]
)


def said(text: object) -> str:
    """A text of another room in the active language; in English it is untouched."""
    english = str(text)
    if not english or get_language() in (None, "en"):
        return english
    return _known(english) or english


def _known(english: str) -> str:
    if english in _whole():
        return gettext(english)
    for pattern, sentence in _patterns():
        if found := pattern.fullmatch(english):
            return gettext(sentence) % {name: said(one) for name, one in found.groupdict().items()}
    return ""


def sentences() -> Iterator[str]:
    """All of them, as they stand in the catalogues."""
    for one in LISTS:
        yield from one.SENTENCES


@cache
def _whole() -> frozenset[str]:
    return frozenset(one for one in sentences() if not HOLE.search(one))


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """The longest first: what says more is meant."""
    holed = sorted((one for one in sentences() if HOLE.search(one)), key=len, reverse=True)
    return [(_pattern(one), one) for one in holed]


def _hole(name: str) -> str:
    return f"(?P<{name}>[0-9.,]+)" if name in NUMBERS else f"(?P<{name}>.+?)"


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = HOLE.split(sentence)  # text, name, text, name, ..., text
    made = [_hole(one) if place % 2 else re.escape(one) for place, one in enumerate(parts)]
    return re.compile("".join(made), re.DOTALL)
