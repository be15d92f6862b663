"""What goes into screening and what comes out: names, bands, explained matches."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from . import chinese, consonants, population, signs, tables, trees
from .numbers import BONES, NUMBERS
from .text import clean_number

VERSION = "straits-names-5"
NONE, POSSIBLE, MATCH, UNSCREENABLE = "none", "possible", "match", "unscreenable"


@lru_cache(maxsize=1)
def _digest() -> str:
    """Of every number and word table that can change a score."""
    told = [repr(NUMBERS), repr(BONES), *map(repr, sorted(tables.SPELLING.items()))]
    held = (tables.LEGAL, tables.INDUSTRY, tables.PARTICLES, chinese.SURNAMES)
    told += [" ".join(sorted(words)) for words in held]
    told += map(repr, [*sorted(chinese.GLOSS.items()), chinese.DIGITS, chinese.SUFFIXES])
    told += map(repr, [signs.SURNAMES, signs.ABROAD, signs.HONGKONG, signs.DOUBLE])
    told += [" ".join(sorted(signs.JAPANESE)), repr(consonants.TABLES)]
    files = [one.read_bytes() for one in (trees.FILE, population.FILE)]
    told += [hashlib.sha256(one).hexdigest() for one in files]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Threshold:
    """Lower bounds for one list and one kind that is asked for; empty means each of them."""

    source: str
    kind: str
    match: float
    possible: float

    def speaks_of(self, kind: str, source: str) -> bool:
        return self.source in ("", source) and self.kind in ("", kind)


@dataclass(frozen=True, slots=True)
class Bands:
    """Scores from `match` up are the listed party.

    Below that a person must look when the odds say so (`chance`), whatever the score. `thresholds`
    ask for more: from a score on a person must look whatever the odds, where it is below `person`
    or `other`, by the kind that was asked for. They never raise a bound; the lowest that speaks of
    a pair counts.
    """

    match: float = 0.98
    person: float = 0.83
    other: float = 0.82
    thresholds: tuple[Threshold, ...] = ()

    def possible(self, kind: str, source: str = "") -> float:
        shipped = self.possible_as_shipped(kind)
        told = [one.possible for one in self.thresholds if one.speaks_of(kind, source)]
        return min(shipped, *told) if told else shipped

    def asks_for_more(self, kind: str, source: str) -> bool:
        """Whether a row lowers the bound from which a person must look."""
        return self.possible(kind, source) < self.possible_as_shipped(kind)

    def possible_as_shipped(self, kind: str) -> float:
        return self.person if kind == "person" else self.other

    def certain(self, kind: str, source: str = "") -> float:
        told = [one.match for one in self.thresholds if one.speaks_of(kind, source)]
        return min(self.match, *told) if told else self.match

    @property
    def scorer(self) -> str:
        """Names this scorer, its numbers and its tables; part of every decision."""
        return f"{VERSION} {_digest()} {self.match:g}/{self.person:g}/{self.other:g}"


@dataclass(frozen=True, slots=True)
class Listed:
    """One name of one entry as a list in force has it.

    `countries` are ISO codes, `births` ISO dates or years, `numbers` the forms that
    `identifiers.listed_as` gives the entry's identifiers.
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
    """A name to screen and what else is known: kind, ISO country, birth date or year, numbers.

    `identifier` is a number as written, or several forms of `identifiers.asked_as`, parted by `;`.
    """

    name: str
    kind: str = ""
    country: str = ""
    birth_date: str = ""
    identifier: str = ""

    def numbers(self) -> list[str]:
        return [clean_number(number) for number in self.identifier.split(";")]


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
