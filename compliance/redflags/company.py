"""What a party says of itself, and what it leaves out: R2, R5, R6, R14."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .finding import Finding

#: an answer after which any other is a changed story
TELLING = ("refused", "military", "supercomputer", "chip_making", "surveillance")


def new_company(founded_on: date | None, *, today: date, days: int) -> Finding | None:
    """R2: founded at most `days` ago. An unknown day is no finding."""
    if founded_on is None or founded_on < today - timedelta(days=days):
        return None
    return Finding(
        "R2",
        f"Founded on {founded_on}, less than {days} days ago.",
        {"founded_on": str(founded_on)},
    )


def refused_end_use(end_use: str) -> Finding | None:
    """R5: asked what for, the party would not say."""
    if end_use != "refused":
        return None
    return Finding("R5", "Refuses to state an end use.", {"refused": "end_use"})


def withheld_parent(
    parent_name: str, *, known_since: date, today: date, days: int
) -> Finding | None:
    """R5: known for `days` and still no word of who is above it."""
    if parent_name.strip() or today < known_since + timedelta(days=days):
        return None
    text = f"No ultimate parent is named, {days} days and more after {known_since}."
    return Finding("R5", text, {"withheld": "parent_name", "since": str(known_since)})


def changed_answer(before: str, after: str, *, on: date) -> Finding | None:
    """R5: another end use after one that was refused or could not be allowed."""
    if before not in TELLING or after == before:
        return None
    text = f"The end use was {before} and became {after or 'unknown'} on {on}."
    return Finding("R5", text, {"end_use": [before, after], "on": str(on)})


def undisclosed_resale(*, is_reseller: bool, end_users: str) -> Finding | None:
    """R6: rents for customers of its own and names none."""
    if not is_reseller or end_users.strip():
        return None
    return Finding("R6", "A reseller that names no end users.", {"end_users": "undisclosed"})


@dataclass(frozen=True, slots=True)
class Listing:
    """An entry that a party's name is that of, and when we first saw it listed."""

    source: str
    uid: str
    name: str
    first_seen: datetime


def renamed_after_listing(
    old: str, new: str, *, renamed_at: datetime, listings: Iterable[Listing], days: int
) -> Finding | None:
    """R14: gave up a name within `days` after it was first seen on a list."""
    for one in sorted(listings, key=lambda one: (one.first_seen, one.source, one.uid)):
        if one.first_seen <= renamed_at <= one.first_seen + timedelta(days=days):
            text = (
                f"Renamed from {old!r} to {new!r}; {one.name!r} ({one.source} {one.uid}) was"
                f" first seen listed on {one.first_seen:%Y-%m-%d}."
            )
            evidence = {"old": old, "new": new, "source": one.source, "uid": one.uid}
            return Finding("R14", text, evidence)
    return None
