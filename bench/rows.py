"""The columns of a table for bare SQL: what a bench does not name gets the model's default."""

from typing import Any

from django.db.models import Field, Model
from django.db.models.fields import NOT_PROVIDED
from psycopg import sql
from psycopg.types.json import Jsonb


def filled(model: type[Model], **own: str) -> tuple[str, str]:
    """Names and expressions of an INSERT: `own` gives SQL by column, the rest are defaults.

    So a column that is added later does not break a bench. Raises KeyError for a column without a
    default that `own` lacks, and for one that the table lacks.
    """
    fields = [field for field in model._meta.local_fields if not field.primary_key]
    columns = {field.column: field for field in fields}
    if unknown := set(own) - set(columns):
        raise KeyError(f"{model._meta.db_table} has no column {sorted(unknown)}")
    given = {"public_id": "gen_random_uuid()", "created_at": "now()", **own}
    chosen = {
        name: given.get(name) or _default(field)
        for name, field in columns.items()
        if name in given or not field.null
    }
    return ", ".join(chosen), ", ".join(chosen.values())


def _default(field: Field[Any, Any]) -> str:
    if field.default is NOT_PROVIDED and not field.empty_strings_allowed:
        raise KeyError(f"{field.model._meta.db_table}.{field.column} has no default; name it")
    value = field.get_default()
    literal = Jsonb(value) if isinstance(value, dict | list) else value
    # a percent sign or a brace of a default would be read as a placeholder later
    return sql.Literal(literal).as_string().replace("%", "%%").replace("{", "{{").replace("}", "}}")
