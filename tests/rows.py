"""A row of any table, made from what its columns are: for windows that only have to list it.

Such a row keeps none of the rules that hold between columns, so that no table needs a recipe of
its own: `unruled` puts checks, uniqueness and triggers aside for the rest of the test's
transaction. Every row refers to rows of its own, so that no list is spared a question.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib.postgres import fields as postgres
from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange, NumericRange
from django.utils.timezone import now

#: constraints but primary keys, and unique indexes that no constraint owns
UNRULE = """
SET CONSTRAINTS ALL IMMEDIATE;
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT conrelid::regclass AS place, conname FROM pg_constraint
    WHERE contype IN ('c', 'x', 'f') AND connamespace = 'public'::regnamespace AND conislocal LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.place, one.conname);
  END LOOP;
  FOR one IN SELECT conrelid::regclass AS place, conname FROM pg_constraint
    WHERE contype = 'u' AND connamespace = 'public'::regnamespace AND conislocal LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.place, one.conname);
  END LOOP;
  FOR one IN SELECT indexrelid::regclass AS name FROM pg_index JOIN pg_class ON oid = indexrelid
    WHERE indisunique AND NOT indisprimary AND relnamespace = 'public'::regnamespace LOOP
    EXECUTE format('DROP INDEX IF EXISTS %s', one.name);
  END LOOP;
END $$;
SET LOCAL session_replication_role = replica
"""

HOUR = timedelta(hours=1)
Facts = dict[str, Any]


def unruled() -> None:
    with connection.cursor() as cursor:
        cursor.execute(UNRULE)


class Rows:
    """Row `number` of a table refers to rows of that number; what is `shared` is one for all."""

    def __init__(self, *shared: models.Model) -> None:
        self._made: dict[tuple[type[models.Model], int], Any] = {}
        self._shared = {type(row): row for row in shared}
        #: made, and not said yet to what they refer that they need not
        self._waiting: list[tuple[models.Model, int, Facts]] = []
        self._within = False

    def of(self, model: type[models.Model], number: int, **facts: Any) -> Any:
        """Made once; `facts` are of this row alone, not of those that it refers to."""
        if (model, number) not in self._made:
            row = self._made[model, number] = model()
            outermost, self._within = not self._within, True
            self._fill(row, number, facts)
            row.save(force_insert=True)
            self._waiting.append((row, number, facts))
            if outermost:
                self._refer_all()
        return self._made[model, number]

    def _refer_all(self) -> None:
        """Once all that they need is there: two may refer to each other."""
        while self._waiting:
            self._refer(*self._waiting.pop(0))
        self._within = False

    def _fill(self, row: models.Model, number: int, facts: Facts) -> None:
        for field in row._meta.concrete_fields:
            if field.name in facts:
                setattr(row, field.name, facts[field.name])
            elif isinstance(field, models.ForeignKey):
                if not field.null:
                    setattr(row, field.name, self._other(field, number))
            elif not isinstance(field, models.AutoField):
                setattr(row, field.name, value(field, number))

    def _other(self, field: Any, number: int) -> models.Model:
        return self._shared.get(field.related_model) or self.of(field.related_model, number)

    def _refer(self, row: models.Model, number: int, facts: Facts) -> None:
        """What need not be referred to comes after: it may refer to the row itself."""
        for field in row._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.null and field.name not in facts:
                setattr(row, field.name, self._other(field, number))
        row._meta.model._base_manager.filter(pk=row.pk).update(
            **{
                field.attname: getattr(row, field.attname)
                for field in row._meta.concrete_fields
                if isinstance(field, models.ForeignKey) and field.null
            }
        )


def value(field: models.Field[Any, Any], number: int) -> Any:
    if field.name in NAMED:
        return NAMED[field.name]
    if field.null and isinstance(field, models.DateField):
        return None  # the times at which a row is over
    if field.choices:
        return next(one for one, _ in field.flatchoices if one)
    for kind, make in VALUES.items():
        if isinstance(field, kind):
            return make(field, number)
    raise TypeError(f"no value for {field}: write one into tests.rows")


def _text(field: Any, number: int) -> str:
    return f"{field.name} {number}"[-(field.max_length or 50) :]


def _number(field: Any, number: int) -> int:
    """Amounts are whole cents."""
    return (number + 1) * (10_000 if "micro" in field.name else 1)


def _span(field: Any, number: int) -> DateTimeTZRange:
    return DateTimeTZRange(now(), now() + HOUR)


#: columns whose text is a code that pages know
NAMED = {"currency": "USD", "country": "MY"}
#: the first that fits
VALUES: dict[type[models.Field[Any, Any]], Callable[[Any, int], Any]] = {
    models.EmailField: lambda _, number: f"row{number}@example.test",
    models.SlugField: lambda _, number: f"row-{number}",
    models.URLField: lambda _, number: f"https://row{number}.example.test/",
    models.CharField: _text,
    models.TextField: _text,
    models.UUIDField: lambda *_: uuid4(),
    models.BooleanField: lambda *_: True,
    models.DecimalField: lambda _, number: number % 10,
    models.IntegerField: _number,
    models.DateTimeField: lambda *_: now(),
    models.DateField: lambda *_: now().date(),
    models.BinaryField: lambda _, number: number.to_bytes(32, "big"),
    models.JSONField: lambda field, _: field.get_default() or {},
    postgres.ArrayField: lambda field, number: [value(field.base_field, number)],
    postgres.DateTimeRangeField: _span,
    postgres.BigIntegerRangeField: lambda _, number: NumericRange(number, number + 1),
}
