"""What goes into screening and what comes out: names, bands, explained matches."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from . import chinese, tables
from .numbers import NUMBERS

VERSION = "straits-names-3"
NONE, POSSIBLE, MATCH, UNSCREENABLE = "none", "possible", "match", "unscreenable"


@lru_cache(maxsize=1)
def _digest() -> str:
    """Of every number and word table that can change a score."""
    told = [repr(NUMBERS), *map(repr, sorted(tables.SPELLING.items()))]
    held = (tables.LEGAL, tables.INDUSTRY, tables.PARTICLES, tables.SOFT, chinese.SURNAMES)
    told += [" ".join(sorted(words)) for words in held]
    told += map(repr, sorted(chinese.GLOSS.items()))
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Bands:
    """Scores from `match` up are the listed party.

    A person must look from `person` or `other` up, by the kind that was asked for; named rules
    lower that bound for a pair of names (see `rules`), little evidence raises it.
    """

    match: float = 0.98
    person: float = 0.83
    other: float = 0.82

    def possible(self, kind: str) -> float:
        return self.person if kind == "person" else self.other

    @property
    def scorer(self) -> str:
        """Names this scorer, its numbers and its tables; part of every decision."""
        return f"{VERSION} {_digest()} {self.match:g}/{self.person:g}/{self.other:g}"


@dataclass(frozen=True, slots=True)
class Listed:
    """One name of one entry as a list in force has it.

    `countries` are ISO codes, `births` ISO dates or years, `numbers` identifiers of the entry.
    """

    source: str
    uid: str
    kind: str
    content_hash: str
    name: str
    name_kind: str
    countries: tuple[str, ...] = ()
    births: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A name to screen and what else is known: kind, ISO country, birth date or year, number."""

    name: str
    kind: str = ""
    country: str = ""
    birth_date: str = ""
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    score: float
    band: str
    query: str
    listed: Listed
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """`problem` says why the name cannot be screened; matches may be there all the same."""

    band: str
    matches: tuple[Match, ...]
    problem: str = ""
