"""OFAC's Specially Designated Nationals list as CSV: sdn.csv, alt.csv, add.csv.

The files have no header (some mirrors add one), are Latin-1, write `-0-` for nothing and end in a
0x1A. Persons are `SURNAME, Given`. Remarks are cut at 1,000 characters and go on in
sdn_comments.csv, which is read when it is there; weak aliases stand only in the remarks.
Format: https://ofac.treasury.gov, "SDN list data formats".
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .base import (
    AIRCRAFT,
    ORGANISATION,
    PERSON,
    PRIMARY,
    STRONG,
    VESSEL,
    WEAK,
    MalformedList,
    ParsedEntry,
)
from .tables import AGAIN, rows_of

KINDS = {"": ORGANISATION, "individual": PERSON, "vessel": VESSEL, "aircraft": AIRCRAFT}
ALIASES = frozenset({"aka", "fka", "nka"})
DETAILS = ("Title", "Call sign", "Vessel type", "Tonnage", "GRT", "Flag", "Owner")
LONGEST_NAME = 500
_WEAK = re.compile(r"\b[afn]\.k\.a\. '(.+?)'(?=\s*[;.]|$)")
_NATIONALITY = re.compile(r"\b(?:nationality|citizen) ([A-Z][\w .'-]+?)(?=[;.]|$)")


@dataclass
class _More:
    """What the files beside sdn.csv say about one entry."""

    aliases: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    remarks: str = ""


class OfacSdn:
    code = "ofac_sdn"
    title = "OFAC Specially Designated Nationals"

    def read(self, place: Path) -> Iterator[ParsedEntry]:
        """Entries in the order of sdn.csv. `place` is the folder with the three files."""
        main = {row[0]: (line, row) for line, row in _rows(place / "sdn.csv", 12, unique=True)}
        more = _beside(place, main)
        for line, row in main.values():
            yield _entry(line, row, more[row[0]])


def _rows(path: Path, columns: int, *, unique: bool = False) -> Iterator[tuple[int, list[str]]]:
    """Rows without header, `-0-` as nothing; the first cell is a number and, if asked, new."""
    seen: set[str] = set()
    for line, cells in rows_of(path, columns=columns):
        row = ["" if cell == "-0-" else cell for cell in cells]
        if line == 1 and row[0].lower() == "ent_num":
            continue
        if not row[0].isascii() or not row[0].isdigit() or len(row[0]) > 20:
            raise MalformedList(path.name, line, f"starts with {row[0][:40]!r}, no number", AGAIN)
        if unique and row[0] in seen:
            raise MalformedList(path.name, line, f"repeats entry {row[0]}", AGAIN)
        seen.add(row[0])
        yield line, row


def _beside(place: Path, main: Container[str]) -> Mapping[str, _More]:
    more: dict[str, _More] = defaultdict(_More)
    for line, (uid, _, kind, name, _) in _about(main, place / "alt.csv", 5):
        if kind not in ALIASES:
            raise MalformedList("alt.csv", line, f"alias type {kind[:40]!r} is not known", AGAIN)
        more[uid].aliases.append(_name("alt.csv", line, name))
    for _, (uid, _, *parts) in _about(main, place / "add.csv", 6):
        if any(parts):
            more[uid].addresses.append(", ".join(part for part in parts if part))
        if country := parts[2]:
            more[uid].countries.append(country)
    if (place / "sdn_comments.csv").exists():
        for _, (uid, text) in _about(main, place / "sdn_comments.csv", 2):
            more[uid].remarks += text
    return more


def _about(main: Container[str], path: Path, columns: int) -> Iterator[tuple[int, list[str]]]:
    """Rows of a file beside sdn.csv, each about an entry that sdn.csv has."""
    for line, row in _rows(path, columns):
        if row[0] not in main:
            fault = f"is about entry {row[0]}, which sdn.csv does not have"
            mend = "The files are not of one day: download them all again; nothing was imported"
            raise MalformedList(path.name, line, fault, mend)
        yield line, row


def _entry(line: int, row: list[str], more: _More) -> ParsedEntry:
    uid, name, kind, programs, *details, remarks = row
    if kind.lower() not in KINDS:
        raise MalformedList("sdn.csv", line, f"party type {kind[:40]!r} is not known", AGAIN)
    remarks += more.remarks
    known = [f"{word}: {value}" for word, value in zip(DETAILS, details, strict=True) if value]
    names = {_name("sdn.csv", line, name): PRIMARY}
    for alias in more.aliases:
        names.setdefault(alias, STRONG)
    for alias in _WEAK.findall(remarks):
        names.setdefault(alias, WEAK)
    return ParsedEntry(
        uid=uid,
        kind=KINDS[kind.lower()],
        names=tuple(names.items()),
        programs=tuple(programs.split("] [")) if programs else (),
        countries=tuple(dict.fromkeys([*more.countries, *_NATIONALITY.findall(remarks)])),
        addresses=tuple(more.addresses),
        remarks="; ".join([*known, remarks] if remarks else known),
    )


def _name(file: str, line: int, name: str) -> str:
    if not name:
        raise MalformedList(file, line, "has no name", AGAIN)
    if len(name) > LONGEST_NAME:
        raise MalformedList(file, line, f"has a name of {len(name)} characters", AGAIN)
    return name
