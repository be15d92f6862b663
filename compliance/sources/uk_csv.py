"""The UK Sanctions List as CSV: rows that say the same of a party over and over.

The first line is the day of the report, the second names the columns. Columns are known by their
letters and digits alone, since the publisher is not constant in the rest.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from .base import MalformedList
from .tables import AGAIN, csv_lines
from .uk_said import FIELDS, Said

NAMES = tuple(f"Name {part}" for part in range(1, 7))
ADDRESS_LINES = (*(f"Address Line {line}" for line in range(1, 7)), "Address Postal Code")
UID, KIND, COUNTRY = "Unique ID", "Designation Type", "Address Country"
TOLD = ("Name type", "Alias strength")
NEEDED = (
    UID,
    KIND,
    COUNTRY,
    *TOLD,
    *NAMES,
    *ADDRESS_LINES,
    *(column for _, column in FIELDS.values()),
)
#: lines before the columns are named, at most
PREAMBLE = 5
#: what tells the list of the Treasury, which still can be had and is no longer kept up
CLOSED = ("groupid", "grouptype")
CURRENT = "Take the UK Sanctions List of the Foreign Office instead; nothing was imported"


def read(path: Path, *, biggest: int) -> Iterator[Said]:
    """Every party of the file, once all its rows are read. Raises MalformedList."""
    lines = csv_lines(path, biggest=biggest)
    columns, width = _columns(path.name, lines)
    parties: dict[str, Said] = {}
    for line, row in lines:
        if len(row) != width:
            fault = f"has {len(row)} columns where {width} belong"
            raise MalformedList(path.name, line, fault, AGAIN)
        _take(
            path.name,
            line,
            {name: " ".join(row[at].split()) for name, at in columns.items()},
            parties,
        )
    yield from parties.values()


def _columns(file: str, lines: Iterator[tuple[int, list[str]]]) -> tuple[dict[str, int], int]:
    """Where each needed column stands, and how many there are."""
    for line, row in islice(lines, PREAMBLE):
        known = {_key(name): at for at, name in enumerate(row)}
        if known.keys() >= set(CLOSED) and _key(UID) not in known:
            raise MalformedList(
                file, line, "is the OFSI list that was closed in January 2026", CURRENT
            )
        if _key(UID) in known:
            if missing := [name for name in NEEDED if _key(name) not in known]:
                fault = f"has no column {', '.join(missing)}"
                raise MalformedList(file, line, fault, AGAIN)
            return {name: known[_key(name)] for name in NEEDED}, len(row)
    raise MalformedList(file, 1, f"has no column {UID}", AGAIN)


def _key(column: str) -> str:
    return re.sub(r"[^a-z0-9]", "", column.lower())


def _take(file: str, line: int, row: Mapping[str, str], parties: dict[str, Said]) -> None:
    one = parties.setdefault(row[UID], Said(line, row[UID], row[KIND]))
    if one.kind != row[KIND]:
        fault = f"repeats {row[UID][:40]} as {row[KIND][:40]!r}"
        raise MalformedList(file, line, fault, AGAIN)
    if any(row[name] for name in NAMES):
        one.add_name((row[name] for name in NAMES), *(row[name] for name in TOLD))
    one.add_address((row[name] for name in ADDRESS_LINES), row[COUNTRY])
    for what, (_, column) in FIELDS.items():
        one.add(what, row[column])
