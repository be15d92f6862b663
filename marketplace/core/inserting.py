"""Many rows of one table by one statement, as one parameter: a document in JSON.

`bulk_create` writes a placeholder or an array for each column in Python, which for hundreds of wide
rows takes longer than the database needs to store them. JSON is written in C, and read there.
"""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db import connection
from psycopg.types.range import Range

from .models import Record

Columns = Sequence[tuple[str, Any]]  # a name in the database and the field of the model


def _as_hex(told: bytes) -> str:
    return f"\\x{told.hex()}"


def _as_bounds(told: Range[Any]) -> str:
    if told.isempty:
        return "empty"
    lower, upper = (one.isoformat() if one else "" for one in (told.lower, told.upper))
    return f"{'[' if told.lower_inc else '('}{lower},{upper}{']' if told.upper_inc else ')'}"


#: how a column is told that JSON has no word for; what is not here is told as it is, or refused
TOLD: Final[dict[type, Callable[[Any], str]]] = {
    UUID: str,
    Decimal: str,
    date: date.isoformat,
    datetime: datetime.isoformat,
    bytes: _as_hex,
    memoryview: _as_hex,
}


def insert(rows: Sequence[Record], *, ignore_conflicts: bool = False) -> None:
    """Write new rows of one model, in the order given, and give each its primary key.

    With `ignore_conflicts` rows that break a unique constraint are left out and none gets a key.
    Raises what the database does, and TypeError for a value that is no plain one, as an expression.
    """
    if not rows:
        return
    columns, statement = _statement(type(rows[0]), ignore_conflicts)
    document = json.dumps([_told(row, columns) for row in rows], allow_nan=False)
    with connection.cursor() as cursor:
        cursor.execute(statement, [document])
        if not ignore_conflicts:
            keys = dict(cursor.fetchall())
            for row in rows:
                row.pk = keys[row.public_id]
                row._state.adding, row._state.db = False, connection.alias


def _told(row: Record, columns: Columns) -> dict[str, Any]:
    told = {}
    for name, column in columns:
        value = column.get_prep_value(column.pre_save(row, add=True))
        if isinstance(value, Range):
            value = _as_bounds(value)
        elif (write := TOLD.get(type(value))) is not None:
            value = write(value)
        told[name] = value
    return told


@cache
def _statement(model: type[Record], ignore_conflicts: bool) -> tuple[Columns, str]:
    table, columns = model._meta.db_table, _columns(model)
    names = ", ".join(f'"{name}"' for name, _ in columns)
    types = ", ".join(f'"{name}" {one.db_type(connection)}' for name, one in columns)
    after = "ON CONFLICT DO NOTHING" if ignore_conflicts else "RETURNING public_id, id"
    return columns, (
        f'INSERT INTO "{table}" ({names})'  # noqa: S608  names of our models
        f" SELECT {names} FROM json_to_recordset(%s) AS told ({types}) {after}"
    )


def _columns(model: type[Record]) -> Columns:
    return [(str(one.column), one) for one in model._meta.concrete_fields if not one.primary_key]
