"""What only a database administrator can do: change evidence with its guards switched off."""

from django.db import connection

from compliance.models import ChainLink, Decision


def run(query: str, *values: object) -> None:
    """One statement as if by hand; it must hit one row or more, or a test would prove nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(query, values)
        assert cursor.rowcount > 0
        cursor.execute("SET session_replication_role = origin")


def change(decision: Decision, column: str, to: str) -> None:
    """`to` is an SQL expression."""
    run(f"UPDATE compliance_decision SET {column} = {to} WHERE id = %s", decision.pk)  # noqa: S608


def remove(decision: Decision) -> None:
    run("DELETE FROM compliance_decision WHERE id = %s", decision.pk)


def insert(like: Decision) -> None:
    """A decision nobody made, otherwise the copy of another."""
    columns = ", ".join(
        field.column for field in Decision._meta.fields if field.name not in ("id", "public_id")
    )
    run(
        f"INSERT INTO compliance_decision (public_id, {columns})"  # noqa: S608
        f" SELECT gen_random_uuid(), {columns} FROM compliance_decision WHERE id = %s",
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


def swap_links(one: ChainLink, other: ChainLink) -> None:
    """Each takes the other's place in the chain."""
    for seq, link in ((10**9, one), (one.seq, other), (other.seq, one)):
        run("UPDATE compliance_chainlink SET seq = %s WHERE id = %s", seq, link.pk)
