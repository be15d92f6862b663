"""Rows of the Consolidated Screening List, from its CSV and its JSON in one shape."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .base import MalformedList
from .tables import AGAIN, MEGABYTE, records_of, text_of

BIGGEST_JSON = 256 * MEGABYTE  # the list has some 30
LISTS = ("programs", "addresses", "alt_names", "citizenships", "dates_of_birth", "nationalities")
SINGLE = ("source", "entity_number", "type", "name", "start_date", "end_date", "remarks")
NEEDED = frozenset(["_id", "ids", *LISTS, *SINGLE])


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `cells` are its single values by column, `ids` the parts of each identifier.

    In errors a row of the CSV is told by its line (`place`), one of the JSON by its number.
    """

    file: str
    place: int | None
    record: int | None
    cells: dict[str, str]
    lists: dict[str, list[str]]
    ids: list[list[str]]

    def fault(self, fault: str) -> MalformedList:
        if self.record is not None:
            fault = f"record {self.record} {fault}"
        return MalformedList(self.file, self.place, fault, AGAIN)


def csv_rows(path: Path) -> Iterator[Row]:
    """Rows of the CSV. A `;` parts the values of a cell, also where it belongs to a name."""
    for line, cells in records_of(path, needed=NEEDED, utf8=True):
        lists = {column: _parts(cells[column], ";") for column in LISTS}
        ids = [_parts(one, ", ") for one in _parts(cells["ids"], ";")]
        yield Row(path.name, line, None, cells, lists, ids)


def _parts(cell: str, by: str) -> list[str]:
    return [part.strip() for part in cell.split(by) if part.strip()]


def json_rows(path: Path) -> Iterator[Row]:
    """Rows of the JSON, which has the same columns with lists in them."""
    whole = text_of(path, biggest=BIGGEST_JSON, utf8=True)
    try:
        content = json.loads(whole)
    except json.JSONDecodeError as error:
        fault = f"cannot be read as JSON ({error.msg})"
        raise MalformedList(path.name, error.lineno, fault, AGAIN) from error
    except RecursionError as error:
        raise MalformedList(path.name, None, "is nested too deep", AGAIN) from error
    results = content.get("results") if isinstance(content, dict) else None
    if not isinstance(results, list):
        raise MalformedList(path.name, 1, "has no list of results", AGAIN)
    for number, record in enumerate(results, start=1):
        yield _json_row(path.name, number, record)


def _json_row(file: str, number: int, record: Any) -> Row:
    if not isinstance(record, dict) or not {"source", "name"} <= record.keys():
        fault = f"record {number} has no source and name"
        raise MalformedList(file, None, fault, AGAIN)
    cells = {column: _words(record.get(column)) for column in SINGLE}
    cells["_id"] = _words(record.get("id") or record.get("_id"))
    lists = {column: _list(record.get(column)) for column in LISTS}
    lists["addresses"] = [_address(one) for one in _plain(record.get("addresses"))]
    ids = [
        [_words(one.get(part)) for part in ("type", "number", "country")]
        for one in _plain(record.get("ids"))
        if isinstance(one, dict)
    ]
    return Row(file, None, number, cells, lists, ids)


def _address(one: Any) -> str:
    if not isinstance(one, dict):
        return _words(one)
    parts = ("address", "city", "state", "postal_code", "country")
    return ", ".join(filter(None, (_words(one.get(part)) for part in parts)))


def _plain(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _list(value: Any) -> list[str]:
    return [word for word in map(_words, _plain(value)) if word]


def _words(value: Any) -> str:
    return " ".join(str(value).split()) if isinstance(value, str | int) else ""
