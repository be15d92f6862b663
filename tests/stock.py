"""The shipped reference data and the made-up list, laid once in a run and copied into each test.

To load both costs more computing than most tests that need them do. A copy holds the very same
rows, keys and public ids too, so that an index over the list is built once as well. Who tests the
loading itself calls the services.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import now

from compliance import index
from compliance import services as compliance
from compliance.models import ListSnapshot
from tests.make import NOON

SAMPLE_LIST = Path(compliance.__file__).parent.parent / "data" / "sample_ofac_sdn"

Rows = list[tuple[str, bytes]]
_laid: dict[str, Rows] = {}
#: the index over the list in the rows of that name; nobody changes an index
_indexes: dict[str, Any] = {}


def lay() -> None:
    """Load everything once, remember the rows, and leave the database as it was."""
    before = _filled()
    for name, at in (("reference", None), ("market", NOON), ("market now", now())):
        with transaction.atomic():
            compliance.load_reference(at=now())
            if at is not None:
                index.index_for([_import(at)])
                _indexes[name] = index._held
            _laid[name] = _rows(_filled() - before)
            transaction.set_rollback(True)


def _import(at: datetime) -> ListSnapshot:
    return compliance.import_list(
        source_code="ofac_sdn", folder=SAMPLE_LIST, published_on=None, at=at, sample=True
    )


def reference() -> None:
    """Chips, country groups, rules, bands, red flags and risks as shipped."""
    _put(_laid["reference"])


def market(*, at_noon: bool = True) -> ListSnapshot:
    """The reference data, and the list as it was imported at NOON, or when this run began.

    A test that changes rows of the list past its services imports one of its own: the index over
    this one stands.
    """
    name = "market" if at_noon else "market now"
    _put(_laid[name])
    index._held = _indexes[name]
    return ListSnapshot.objects.get(public_id__in=_indexes[name].snapshots)


def _filled() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [name for [name] in cursor.fetchall()]
        filled = " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")"  # noqa: S608  our own tables
            for name in names
        )
        cursor.execute(filled)
        return {name for [name] in cursor.fetchall()}


def _rows(tables: Iterable[str]) -> Rows:
    found: Rows = []
    with connection.cursor() as cursor:
        for table in sorted(tables):
            with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                found.append((table, b"".join(bytes(part) for part in copy)))
    return found


def _put(rows: Rows) -> None:
    """Triggers rest meanwhile: what they wrote is among the rows."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, content in rows:
            with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(content)
        cursor.execute("SET LOCAL session_replication_role = origin")
