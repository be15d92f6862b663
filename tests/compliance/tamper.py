"""What only a database administrator can do: change evidence with its guards switched off."""

from uuid import UUID

from django.db import connection

from compliance.models import ChainLink, Decision
from marketplace.core.models import Record

NOBODY = UUID(int=0)


def run(query: str, *values: object) -> None:
    """One statement as if by hand; it must hit one row or more, or a test would prove nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(query, values)
        assert cursor.rowcount > 0
        cursor.execute("SET session_replication_role = origin")


def change(row: Record, column: str, to: str) -> None:
    """`to` is an SQL expression."""
    table = row._meta.db_table
    run(f"UPDATE {table} SET {column} = {to} WHERE id = %s", row.pk)  # noqa: S608


def remove(row: Record) -> None:
    run(f"DELETE FROM {row._meta.db_table} WHERE id = %s", row.pk)  # noqa: S608


def insert(like: Record, **other: str) -> None:
    """A row nobody made, otherwise the copy of another; `other` are SQL expressions by column."""
    columns = [field.column for field in like._meta.fields if field.name not in ("id", "public_id")]
    values = ", ".join(other.get(column, column) for column in columns)
    run(
        f"INSERT INTO {like._meta.db_table} (public_id, {', '.join(columns)})"  # noqa: S608
        f" SELECT gen_random_uuid(), {values} FROM {like._meta.db_table} WHERE id = %s",
        like.pk,
    )


def swap(one: Decision, other: Decision) -> None:
    """Each takes the other's outcome, reasons and times; their keys stay."""
    told = "outcome, reasons, decided_at, valid_until"
    run(
        f"UPDATE compliance_decision d SET ({told}) ="  # noqa: S608
        f" (SELECT {told} FROM compliance_decision o WHERE o.id = %s + %s - d.id)"
        " WHERE d.id IN (%s, %s)",
        one.pk, other.pk, one.pk, other.pk,
    )  # fmt: skip


def swap_keys(one: Record, other: Record) -> None:
    """Each takes the other's public id: the two rows have changed places in the chain."""
    for row, key in ((one, NOBODY), (other, one.public_id), (one, other.public_id)):
        change(row, "public_id", f"'{key}'")


def swap_links(one: ChainLink, other: ChainLink) -> None:
    """Each takes the other's place in the chain."""
    for seq, link in ((10**9, one), (one.seq, other), (other.seq, one)):
        run("UPDATE compliance_chainlink SET seq = %s WHERE id = %s", seq, link.pk)
