"""Screening the names of a CSV file: no decision about anyone, only what the lists hold."""

import csv
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from compliance.index import index_for
from compliance.matching import NONE, Answer

from .freshness import require_fresh

COLUMNS = ("id", "name", "outcome", "score", "entry", "listed_name", "reason")
KINDS = ("", "person", "organisation", "vessel", "aircraft")
CLEAR = "clear"
#: with these a spreadsheet takes a cell for a formula
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class BadRow(Exception):
    """A row of the input cannot be screened as it is. Names the file, the line and the mend."""


def screen_file(*, source: Path, target: Path, at: datetime) -> Counter[str]:
    """Screen every row of `source` (columns id, name; kind and country may follow) into `target`.

    Returns how often each outcome came: match, possible, unscreenable, clear. Cells that a
    spreadsheet would calculate begin with an apostrophe in the target. It appears only when all
    rows are done. Raises ListsNotReady and BadRow; then there is no target.
    """
    states = require_fresh(at=at)
    index = index_for([one.snapshot for one in states if one.snapshot])
    counts: Counter[str] = Counter()
    handle, made = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(COLUMNS)
            for row in rows_of(source):
                answer = index.screen(row["name"], kind=row.get("kind") or "")
                told = _told(answer)
                counts[told[0]] += 1
                writer.writerow([*map(as_text, (row["id"], row["name"], *told))])
        os.replace(made, target)
    except BaseException:
        os.unlink(made)
        raise
    return counts


def rows_of(source: Path) -> Iterator[dict[str, str]]:
    """The rows of the input, one at a time. Raises BadRow."""
    with source.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened, strict=True)
        try:
            missing = [name for name in ("id", "name") if name not in (reader.fieldnames or [])]
            if missing:
                raise BadRow(
                    f"{source.name} line 1: no column {', '.join(missing)}; the first line must"
                    " name the columns id, name and, if you have them, kind and country"
                )
            for row in reader:
                yield _checked(row, f"{source.name} line {reader.line_num}")
        except UnicodeDecodeError as error:
            raise BadRow(f"{source.name}: is not UTF-8 text ({error.reason})") from error
        except csv.Error as error:
            raise BadRow(
                f"{source.name} line {reader.reader.line_num}: not CSV ({error})"
            ) from error


def _checked(row: dict[str | None, str | None], place: str) -> dict[str, str]:
    if None in row or None in row.values():
        raise BadRow(f"{place}: has other columns than the first line; quote names with commas")
    whole = {str(name): str(value) for name, value in row.items()}
    if not whole["id"].strip():
        raise BadRow(f"{place}: has no id; give every row one")
    whole["kind"] = whole.get("kind", "").strip().lower()
    if whole["kind"] not in KINDS:
        raise BadRow(f"{place}: kind {whole['kind']!r} is none of {', '.join(KINDS[1:])}")
    return whole


def as_text(cell: str) -> str:
    """The cell as no spreadsheet will calculate it: led by an apostrophe if it is a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell


def _told(answer: Answer) -> tuple[str, str, str, str, str]:
    outcome = CLEAR if answer.band == NONE else answer.band
    if not answer.matches:
        return outcome, "", "", "", answer.problem
    best = answer.matches[0]
    why = "; ".join(filter(None, (answer.problem, *best.reasons)))
    entry = f"{best.listed.source} {best.listed.uid}"
    return outcome, f"{best.score:.4f}", entry, best.listed.name, why
