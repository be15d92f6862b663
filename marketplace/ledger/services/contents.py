"""What was booked between two transaction numbers of the database, read for its digest."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection

FETCH = 2000
BOOKED = "ledger_transaction t WHERE t.xid >= %(since)s::xid8 AND t.xid < %(upto)s::xid8"
TRANSACTIONS = f"""
SELECT t.id, t.public_id, t.created_at, t.key, encode(t.content_sha256, 'hex'), t.kind, t.event_at,
  t.actor, t.reason, t.xid::text
FROM {BOOKED} ORDER BY t.id
"""  # noqa: S608  of constants
TRANSFERS = f"""
SELECT f.id, f.transaction_id, f.currency, f.debit_id, f.credit_id, f.amount
FROM ledger_transfer f WHERE f.transaction_id IN (SELECT t.id FROM {BOOKED}) ORDER BY f.id
"""  # noqa: S608
ACCOUNTS = f"""
SELECT a.id, a.public_id, a.created_at, a.kind, a.owner, a.currency
FROM ledger_account a WHERE a.id IN (
  SELECT unnest(ARRAY[f.debit_id, f.credit_id]) FROM ledger_transfer f
  WHERE f.transaction_id IN (SELECT t.id FROM {BOOKED})
) ORDER BY a.id
"""  # noqa: S608


class Content(NamedTuple):
    """`sums` is credits - debits (micro-units) by account id, as text."""

    transactions: int
    transfers: int
    sums: dict[str, int]
    sha256: bytes


class _Hash:
    """A digest over rows, and how many there were."""

    def __init__(self) -> None:
        self.sha256 = hashlib.sha256()

    def add(self, table: str, rows: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        for row in rows:
            line = json.dumps([table, *row], separators=(",", ":"), default=str)
            self.sha256.update(line.encode() + b"\n")
            yield row


def read(*, since: int, upto: int) -> Content:
    """Read all transactions numbered from `since` to before `upto`; memory does not grow with them.

    Every column of every row counts, and the accounts that they name. Call inside a transaction.
    """
    bounds = {"since": str(since), "upto": str(upto)}
    hashed = _Hash()
    transactions = sum(1 for _ in hashed.add("transaction", _rows(TRANSACTIONS, bounds)))
    sums: dict[str, int] = {}
    transfers = 0
    for *_, debit, credit, amount in hashed.add("transfer", _rows(TRANSFERS, bounds)):
        transfers += 1
        for account, change in ((debit, -amount), (credit, amount)):
            sums[str(account)] = sums.get(str(account), 0) + change
    for _ in hashed.add("account", _rows(ACCOUNTS, bounds)):
        pass
    return Content(transactions, transfers, sums, hashed.sha256.digest())


def _rows(sql: str, bounds: dict[str, str]) -> Iterator[Sequence[Any]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, bounds)
        while rows := cursor.fetchmany(FETCH):
            yield from rows
