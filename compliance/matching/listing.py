"""The names that one line of a list may hold: a firm below another, former names, its address."""

import re
from collections.abc import Iterator

from .tables import LEGAL
from .text import plain

_BELOW = re.compile(r"\b(?:Affiliated|Subordinate) (?:Entity|Institution)\s*[:-]\s*", re.IGNORECASE)
_KNOWN_AS = re.compile(r"[,;]?\s+[afn]\.?k\.?a\.?\s*,?\s+", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*\(([^()]*)\)")
_TAIL = re.compile(r"^(.+?\b(?:Ltd|Limited|Inc|LLC|GmbH|Corp)\b\.?)\s*,\s*(.*)$", re.IGNORECASE)
SHORTEST = 5


def names_in(name: str) -> Iterator[str]:
    """The name itself first, then those that stand in it."""
    yield name
    told = [part for whole in _BELOW.split(name)[-1:] for part in _KNOWN_AS.split(whole)]
    for part in told:
        bare = _without_address(_without_abbreviation(part)).strip(" ,.;-")
        if bare != name.strip(" ,.;-") and len(bare) >= SHORTEST:
            yield bare


def _without_abbreviation(name: str) -> str:
    """Brackets go that hold letters of the name, a word of it or a remark, not those of a place."""
    rest = _BRACKETS.sub(" ", name)
    words = set(plain(rest))

    def kept(found: re.Match[str]) -> str:
        told = found[1].strip()
        short = (told.isupper() and not rest.isupper()) or len(told.split()) > 2
        return "" if short or words.issuperset(plain(told)) else found[0]

    return _BRACKETS.sub(kept, name)


def _without_address(name: str) -> str:
    """What follows a legal form and a comma is an address, unless it is a legal form as well."""
    found = _TAIL.match(name)
    if found is None:
        return name
    first = plain(found[2])[:1]
    return name if first and first[0] in LEGAL else found[1]
