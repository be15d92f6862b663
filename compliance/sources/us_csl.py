"""The US Consolidated Screening List: thirteen lists of three departments, as CSV or JSON.

OFAC's rows have a number that comes again on each of its lists, the others an `_id`; so a party is
told by the list's abbreviation and either. Rows of BIS and the State Department have no type, and
some of them are persons: their kind stays empty, which fits whatever is asked for. Expired denial
orders are left in by the publisher: a row whose `end_date` lies before the day the list was
published is left out here.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from compliance.countries import CODES

from .base import (
    AIRCRAFT,
    ORGANISATION,
    PERSON,
    PRIMARY,
    STRONG,
    VESSEL,
    ParsedEntry,
)
from .csl_rows import Row, csv_rows, json_rows
from .dates import birth_dates
from .identifiers import identifier, kind_of
from .names import distinct_names
from .places import one_file

T = TypeVar("T")
KINDS = {
    "": "",  # not told
    "entity": ORGANISATION,
    "individual": PERSON,
    "vessel": VESSEL,
    "aircraft": AIRCRAFT,
}
LONGEST_ID = 80
_LIST = re.compile(r"\(([A-Z][A-Za-z-]*)(?: List)?\)")
_AND = re.compile(r"^and\s+", re.IGNORECASE)


class UsCsl:
    code = "us_csl"
    title = "US Consolidated Screening List"
    max_age_hours = 24

    def read(self, place: Path, published_on: date | None = None) -> Iterator[ParsedEntry]:
        """Entries of the one CSV or JSON file; expired ones too if the list has no date."""
        path = one_file(place, (".csv", ".json"))
        rows = json_rows(path) if path.suffix.lower() == ".json" else csv_rows(path)
        entries: dict[str, ParsedEntry] = {}
        for row in rows:
            ends, entry = _end_date(row), _entry(row)
            if ends is None or published_on is None or ends >= published_on:
                known = entries.get(entry.uid)
                entries[entry.uid] = _together(row, known, entry) if known else entry
        yield from entries.values()


def _end_date(row: Row) -> date | None:
    text = row.cells["end_date"]
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise row.fault(f"has {text[:40]!r} for its end_date") from None


def _entry(row: Row) -> ParsedEntry:
    kind = row.cells["type"].lower()
    if kind not in KINDS:
        raise row.fault(f"has a party type {kind[:40]!r} that is not known")
    aliases = [(_AND.sub("", alias), STRONG) for alias in row.lists["alt_names"]]
    named = distinct_names(row.file, row.place, [(row.cells["name"], PRIMARY), *aliases])
    if named[0][1] != PRIMARY:
        raise row.fault("has no name")
    label = _label(row)
    return ParsedEntry(
        uid=_uid(row, label),
        kind=KINDS[kind],
        names=named,
        programs=tuple(dict.fromkeys([label, *row.lists["programs"]])),
        countries=tuple(dict.fromkeys(_countries(row))),
        addresses=tuple(dict.fromkeys(row.lists["addresses"])),
        remarks="; ".join(filter(None, [row.cells["remarks"], *map(", ".join, row.ids)])),
        birth_dates=birth_dates(*row.lists["dates_of_birth"]),
        identifiers=tuple(dict.fromkeys(_identifiers(row))),
    )


def _label(row: Row) -> str:
    """The list's abbreviation, from the brackets in its name."""
    found = _LIST.search(row.cells["source"])
    if not found:
        raise row.fault(f"is of the list {row.cells['source'][:60]!r}, which has no abbreviation")
    return found[1]


def _uid(row: Row, label: str) -> str:
    number = row.cells["entity_number"] or row.cells["_id"]
    if not number or len(number) > LONGEST_ID or not number.isascii():
        raise row.fault(f"has no usable number: {number[:40]!r}")
    return f"{label}:{number}"


def _countries(row: Row) -> Iterator[str]:
    yield from row.lists["nationalities"]
    yield from row.lists["citizenships"]
    for address in row.lists["addresses"]:
        if (last := address.rpartition(",")[2].strip()) in CODES:
            yield last


def _identifiers(row: Row) -> Iterator[tuple[str, str]]:
    """The label stands first in newer files and last in older ones, the number next to it."""
    for parts in row.ids:
        if len(parts) < 2:
            continue
        if kind_of(parts[0]):
            yield from identifier(parts[0], parts[1])
        else:
            yield from identifier(parts[-1], parts[-2])


def _together(row: Row, one: ParsedEntry, other: ParsedEntry) -> ParsedEntry:
    """The same party of the same list on two rows. Raises MalformedList when they disagree."""
    if one.kind != other.kind or one.names[0] != other.names[0]:
        raise row.fault(f"repeats {one.uid} with another name or type")
    return replace(
        one,
        names=_both(one.names, other.names),
        programs=_both(one.programs, other.programs),
        countries=_both(one.countries, other.countries),
        addresses=_both(one.addresses, other.addresses),
        birth_dates=_both(one.birth_dates, other.birth_dates),
        identifiers=_both(one.identifiers, other.identifiers),
    )


def _both(one: tuple[T, ...], other: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys([*one, *other]))
