"""The rows of a CSV file of names to screen."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

Row = dict[str, str]

KINDS = ("", "person", "organisation", "vessel", "aircraft")
#: what other systems call a kind
SAME = {
    "individual": "person",
    "organization": "organisation",
    "company": "organisation",
    "entity": "organisation",
}
OPTIONAL = ("kind", "country", "birth_date", "identifier")
_COUNTRY = re.compile(r"(?:[A-Z]{2})?")
_BIRTH = re.compile(r"(?:\d{4}(?:-\d\d(?:-\d\d)?)?)?")
LONGEST = 500  # characters of a name, as in the lists


class BadRow(Exception):
    """A row of the input cannot be screened as it is. Names the file, the line and the mend."""


def rows_of(source: Path) -> Iterator[Row]:
    """One at a time, with id, name, kind, country, birth_date and identifier. Raises BadRow."""
    with source.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened, strict=True)
        try:
            missing = [name for name in ("id", "name") if name not in (reader.fieldnames or [])]
            if missing:
                raise BadRow(
                    f"{source.name} line 1: no column {', '.join(missing)}; the first line must"
                    " name the columns id, name and, if you have them, type (or kind), country,"
                    " birth_date and identifier"
                )
            for row in reader:
                yield _checked(row, f"{source.name} line {reader.line_num}")
        except UnicodeDecodeError as error:
            raise BadRow(f"{source.name}: is not UTF-8 text ({error.reason})") from error
        except csv.Error as error:
            raise BadRow(
                f"{source.name} line {reader.reader.line_num}: not CSV ({error})"
            ) from error


def _checked(row: dict[str | None, str | None], place: str) -> Row:
    if None in row or None in row.values():
        raise BadRow(f"{place}: has other columns than the first line; quote names with commas")
    given = {str(name): str(value).strip() for name, value in row.items()}
    if not given["id"]:
        raise BadRow(f"{place}: has no id; give every row one")
    whole = {name: given.get(name, "") for name in ("id", "name", *OPTIONAL)}
    kind = (whole["kind"] or given.get("type", "")).lower()
    whole["kind"] = SAME.get(kind, kind)
    whole["country"] = whole["country"].upper()
    for fault in _faults(whole):
        raise BadRow(f"{place}: {fault}")
    return whole


def _faults(row: Row) -> Iterator[str]:
    if row["kind"] not in KINDS:
        yield f"kind {row['kind']!r} is none of {', '.join(KINDS[1:])}"
    if not _COUNTRY.fullmatch(row["country"]):
        yield f"country {row['country']!r} is not a code of two letters"
    if not _BIRTH.fullmatch(row["birth_date"]):
        yield f"birth_date {row['birth_date']!r} is not YYYY, YYYY-MM or YYYY-MM-DD"
    if len(row["name"]) > LONGEST:
        yield f"the name has more than {LONGEST} characters"
