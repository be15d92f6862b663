"""Compare what is cached and what is sealed with what is booked; a finding is one sentence."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection, transaction

from marketplace.ledger.models import FLOORED, Seal

from . import contents
from .moments import one_moment
from .sealing import chained

BALANCES = """
WITH legs AS (
  SELECT credit_id AS account, amount FROM ledger_transfer
  UNION ALL SELECT debit_id, -amount FROM ledger_transfer
), booked AS (SELECT account, sum(amount)::bigint AS sum FROM legs GROUP BY account),
set_aside AS (
  SELECT account_id AS account, sum(amount)::bigint AS sum FROM ledger_hold GROUP BY account_id
)
SELECT a.id, b.posted, coalesce(booked.sum, 0), b.held, coalesce(set_aside.sum, 0), b.floor
FROM ledger_account a
LEFT JOIN ledger_balance b ON b.account_id = a.id
LEFT JOIN booked ON booked.account = a.id
LEFT JOIN set_aside ON set_aside.account = a.id
WHERE a.kind = ANY (%s) OR b.account_id IS NOT NULL OR set_aside.sum IS NOT NULL
ORDER BY a.id
"""
UNBALANCED = """
SELECT f.id FROM ledger_transfer f
LEFT JOIN ledger_account d ON (d.id, d.currency) = (f.debit_id, f.currency)
LEFT JOIN ledger_account c ON (c.id, c.currency) = (f.credit_id, f.currency)
WHERE d.id IS NULL OR c.id IS NULL OR d.id = c.id OR f.amount <= 0 ORDER BY f.id
"""
UNMOVED = """
SELECT t.key FROM ledger_transaction t
WHERE NOT EXISTS (SELECT FROM ledger_transfer f WHERE f.transaction_id = t.id) ORDER BY t.id
"""
UNBOOKED = """
SELECT f.id FROM ledger_transfer f
WHERE NOT EXISTS (SELECT FROM ledger_transaction t WHERE t.id = f.transaction_id) ORDER BY f.id
"""
#: no seal would ever come to them; what is visible here was given its number before
NOT_GIVEN_YET = """
SELECT t.key FROM ledger_transaction t WHERE t.xid >= pg_snapshot_xmax(pg_current_snapshot())
  AND t.xid IS DISTINCT FROM pg_current_xact_id_if_assigned() ORDER BY t.id
"""
SENTENCES = (
    (UNBALANCED, "transfer {} is not of an amount between two accounts of its currency"),
    (UNMOVED, "transaction {} moves nothing"),
    (UNBOOKED, "transfer {} belongs to no transaction"),
    (NOT_GIVEN_YET, "transaction {} bears a number that the database has not given yet"),
)


class Kept(NamedTuple):
    """A seal as it was written down outside: only this shows a chain that was cut or redone."""

    seq: int
    sha256: str


def verify(*, kept: Kept | None = None) -> list[str]:
    """Look for disagreements within the books; one sentence for each. Changes nothing."""
    with one_moment():
        return [*_wrong_balances(), *_wrong_rows(), *_broken_seals(), *_not_kept(kept)]


def _wrong_balances() -> Iterator[str]:
    for pk, posted, booked, held, set_aside, floor in _rows(BALANCES, [list(FLOORED)]):
        if posted is None:
            yield f"account {pk} has lost its balance, so nothing keeps it above its floor"
            continue
        if posted != booked:
            yield f"account {pk} shows {posted}, its transfers sum to {booked}"
        if held != set_aside:
            yield f"account {pk} shows {held} held, its holds sum to {set_aside}"
        if floor:
            yield f"account {pk} has its floor at {floor}, not at 0"


def _wrong_rows() -> Iterator[str]:
    for query, sentence in SENTENCES:
        for (name,) in _rows(query):
            yield sentence.format(name)


def _rows(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _broken_seals() -> Iterator[str]:
    seq, since, prev = 0, 0, b""
    for row in Seal.objects.order_by("seq"):
        if row.seq != seq + 1:
            yield f"seal {seq + 1} is missing"
        if bytes(row.prev_sha256) != prev:
            yield f"seal {row.seq} does not continue the seal before it"
        yield from _altered(row, since)
        seq, since, prev = row.seq, row.upto_xid, bytes(row.sha256)


def _altered(row: Seal, since: int) -> Iterator[str]:
    with transaction.atomic():
        content = contents.read(since=since, upto=row.upto_xid)
    sealed = (row.transactions, row.transfers)
    if sealed != content[:2]:
        yield (
            f"seal {row.seq} holds {sealed[0]} transactions and {sealed[1]} transfers, the books "
            f"have {content.transactions} and {content.transfers}"
        )
    elif row.sums != content.sums or bytes(row.sha256) != chained(row, content.sha256):
        yield f"what seal {row.seq} of {row.day} holds was changed after it was sealed"


def _not_kept(kept: Kept | None) -> Iterator[str]:
    if kept and not Seal.objects.filter(seq=kept.seq, sha256=bytes.fromhex(kept.sha256)).exists():
        yield f"seal {kept.seq} is not the one that was written down ({kept.sha256})"
