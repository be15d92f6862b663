"""OFAC's lists as CSV: a main file, and one each of aliases, addresses and further remarks.

The files have no header (some mirrors add one), are Latin-1, write `-0-` for nothing and end in a
0x1A. Persons are `SURNAME, Given`. Remarks are cut at 1,000 characters and go on in the file of
comments, which is read when it is there; weak aliases, birth dates and numbers stand only in the
remarks.
Format: https://ofac.treasury.gov, "SDN list data formats".
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

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
from .dates import birth_dates
from .identifiers import in_remarks
from .names import checked_name
from .tables import AGAIN, rows_of

KINDS = {"": ORGANISATION, "individual": PERSON, "vessel": VESSEL, "aircraft": AIRCRAFT}
ALIASES = frozenset({"aka", "fka", "nka"})
DETAILS = ("Title", "Call sign", "Vessel type", "Tonnage", "GRT", "Flag", "Owner")
_WEAK = re.compile(r"\b[afn]\.k\.a\. '(.+?)'(?=\s*[;.]|$)")
_BORN = re.compile(r"\bDOB ([^;.]+)")
_NATIONALITY = re.compile(r"\b(?:nationality|citizen) ([A-Z][\w .'-]+?)(?=[;.]|$)")


class Files(NamedTuple):
    """The names of the four files of one list."""

    main: str
    aliases: str
    addresses: str
    comments: str


@dataclass
class _More:
    """What the files beside the main one say about one entry."""

    aliases: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    remarks: str = ""


def read(place: Path, files: Files) -> Iterator[ParsedEntry]:
    """Entries in the order of the main file. `place` is the folder or the main file in it."""
    folder = place.parent if place.name.lower() == files.main else place
    main = {row[0]: (line, row) for line, row in _rows(folder / files.main, 12, unique=True)}
    more = _beside(folder, files, main)
    for line, row in main.values():
        yield _entry(files.main, line, row, more[row[0]])


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


def _beside(folder: Path, files: Files, main: Container[str]) -> Mapping[str, _More]:
    more: dict[str, _More] = defaultdict(_More)
    file = files.aliases
    for line, (uid, _, kind, name, _) in _about(main, folder / file, files.main, 5):
        if kind not in ALIASES:
            raise MalformedList(file, line, f"alias type {kind[:40]!r} is not known", AGAIN)
        more[uid].aliases.append(checked_name(file, line, name))
    for _, (uid, _, *parts) in _about(main, folder / files.addresses, files.main, 6):
        if any(parts):
            more[uid].addresses.append(", ".join(part for part in parts if part))
        if country := parts[2]:
            more[uid].countries.append(country)
    if (folder / files.comments).exists():
        for _, (uid, text) in _about(main, folder / files.comments, files.main, 2):
            more[uid].remarks += text
    return more


def _about(
    main: Container[str], path: Path, of: str, columns: int
) -> Iterator[tuple[int, list[str]]]:
    """Rows of a file beside the main one, each about an entry that the main one has."""
    for line, row in _rows(path, columns):
        if row[0] not in main:
            fault = f"is about entry {row[0]}, which {of} does not have"
            mend = "The files are not of one day: download them all again; nothing was imported"
            raise MalformedList(path.name, line, fault, mend)
        yield line, row


def _entry(file: str, line: int, row: list[str], more: _More) -> ParsedEntry:
    uid, name, kind, programs, *details, remarks = row
    if kind.lower() not in KINDS:
        raise MalformedList(file, line, f"party type {kind[:40]!r} is not known", AGAIN)
    remarks += more.remarks
    known = [f"{word}: {value}" for word, value in zip(DETAILS, details, strict=True) if value]
    names = {checked_name(file, line, name): PRIMARY}
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
        birth_dates=birth_dates(*_BORN.findall(remarks)),
        identifiers=tuple(dict.fromkeys(in_remarks(remarks))),
    )
