"""Charges booked through `ledger.post` and `ledger.post_many`, against the same rows by bare SQL.

Reference: one INSERT of the transactions and one of their two transfers each, by hand, without
idempotency key check or content digest; one commit per charge, or one per batch. The triggers that
keep balances in lock order and refuse an overspend are in both: they are the books.
"""

from itertools import count
from uuid import UUID, uuid4

from bench.report import compare
from bench.world import world

CHARGES = 300
BATCH = 1000
BATCHES = 5

INSERT_TRANSACTIONS = """
INSERT INTO ledger_transaction
  (public_id, created_at, key, content_sha256, kind, event_at, actor, reason)
VALUES {rows} RETURNING id
"""
TRANSACTION = "(%s, now(), %s, '', 'usage', now(), '', '')"
INSERT_TRANSFERS = """
INSERT INTO ledger_transfer (transaction_id, debit_id, credit_id, currency, amount) VALUES {rows}
"""
TRANSFERS = "(%s, %s, %s, 'USD', 85), (%s, %s, %s, 'USD', 15)"


def main() -> None:
    with world():
        from django.db import connection, transaction

        from marketplace.ledger import services as ledger
        from marketplace.ledger.models import Kind
        from tests.make import NOON

        owner = UUID(int=1)
        wallet = ledger.account(kind=Kind.WALLET, owner=owner, currency="USD")
        pending = ledger.account(kind=Kind.STRIPE_PENDING, currency="USD")
        provider = ledger.account(kind=Kind.PROVIDER_PENDING, owner=owner, currency="USD")
        fee = ledger.account(kind=Kind.PLATFORM_FEE, currency="USD")
        ledger.post(
            key="fund", kind="top_up", entries=[ledger.Entry(pending, wallet, 10**12)], at=NOON
        )
        numbers = count()

        entries = [ledger.Entry(wallet, provider, 85), ledger.Entry(wallet, fee, 15)]

        def ours() -> int:
            for _ in range(CHARGES):
                ledger.post(key=f"o{next(numbers)}", kind="usage", entries=entries, at=NOON)
            return CHARGES

        def ours_in_batches() -> int:
            for _ in range(BATCHES):
                ledger.post_many(
                    postings=[
                        ledger.Posting(f"o{next(numbers)}", "usage", entries, NOON)
                        for _ in range(BATCH)
                    ]
                )
            return BATCHES * BATCH

        def insert(count: int) -> int:
            with transaction.atomic(), connection.cursor() as cursor:
                keys = [part for _ in range(count) for part in (uuid4(), f"r{next(numbers)}")]
                rows = ", ".join([TRANSACTION] * count)
                cursor.execute(INSERT_TRANSACTIONS.format(rows=rows), keys)
                legs = [
                    part
                    for [made] in cursor.fetchall()
                    for part in (made, wallet.pk, provider.pk, made, wallet.pk, fee.pk)
                ]
                rows = ", ".join([TRANSFERS] * count)
                cursor.execute(INSERT_TRANSFERS.format(rows=rows), legs)
            return count

        compare(
            name="ledger",
            unit="charges",
            ours=ours,
            reference=lambda: sum(insert(1) for _ in range(CHARGES)),
            against="the same rows by bare SQL, one commit each",
        )
        compare(
            name="ledger-batch",
            unit="charges",
            ours=ours_in_batches,
            reference=lambda: sum(insert(BATCH) for _ in range(BATCHES)),
            against=f"the same rows by bare SQL, one commit for {BATCH:,}",
        )
        assert ledger.verify() == []  # noqa: S101  a bench of wrong books means nothing


if __name__ == "__main__":
    main()
