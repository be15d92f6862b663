"""Where a renter's people and programs connect from: R8, R9.

An unknown country or network (None, or empty) is no finding: it is never guessed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from .finding import Finding

HIDDEN = ("tor", "vpn", "proxy", "hosting")


@dataclass(frozen=True, slots=True)
class Seen:
    """A network prefix that was in use on a day; country and network type if they are known."""

    day: date
    prefix: str
    country: str
    network: str


def from_controlled(
    seen: Iterable[Seen], *, hq_country: str, controlled: Collection[str]
) -> Iterator[Finding]:
    """R8: use from a controlled country by a party whose head office is elsewhere; one a month."""
    if hq_country in controlled:
        return
    told = set()
    for one in sorted(seen, key=lambda one: (one.day, one.country, one.prefix)):
        key = (one.country, f"{one.day:%Y-%m}")
        if one.country in controlled and key not in told:
            told.add(key)
            text = (
                f"Used from {one.country} ({one.prefix}) on {one.day}; the head office is in"
                f" {hq_country or 'a country nobody knows'}."
            )
            yield Finding("R8", text, {"country": key[0], "month": key[1]})


def hidden(seen: Iterable[Seen]) -> Iterator[Finding]:
    """R9: use through a network that hides where one is; one finding a type and month."""
    told = set()
    for one in sorted(seen, key=lambda one: (one.day, one.network, one.prefix)):
        key = (one.network, f"{one.day:%Y-%m}")
        if one.network in HIDDEN and key not in told:
            told.add(key)
            text = f"Used through a {one.network} network ({one.prefix}) on {one.day}."
            yield Finding("R9", text, {"network": key[0], "month": key[1]})


def hops(seen: Iterable[Seen], *, countries: int) -> Iterator[Finding]:
    """R9: use from so many countries on one day."""
    by_day: dict[date, set[str]] = defaultdict(set)
    for one in seen:
        if one.country:
            by_day[one.day].add(one.country)
    for day, found in sorted(by_day.items()):
        if len(found) >= countries:
            text = f"Used from {', '.join(sorted(found))} on {day}."
            yield Finding("R9", text, {"hops": str(day)})
