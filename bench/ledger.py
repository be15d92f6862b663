"""Charges booked singly through `ledger.post`, against the same rows by bare SQL.

Reference: per charge one transaction with one INSERT of the transaction and one of its two
transfers, by hand, without idempotency key check, ordered locks or content digest. The triggers
that keep balances and refuse an overspend are in both: they are the books.
"""

from itertools import count
from uuid import UUID, uuid4

from bench.report import compare
from bench.world import world

CHARGES = 300


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

        def ours() -> int:
            for _ in range(CHARGES):
                entries = [ledger.Entry(wallet, provider, 85), ledger.Entry(wallet, fee, 15)]
                ledger.post(key=f"o{next(numbers)}", kind="usage", entries=entries, at=NOON)
            return CHARGES

        def reference() -> int:
            for _ in range(CHARGES):
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(
                        "INSERT INTO ledger_transaction (public_id, created_at, key,"
                        " content_sha256, kind, event_at, actor, reason)"
                        " VALUES (%s, now(), %s, '', 'usage', now(), '', '') RETURNING id",
                        [uuid4(), f"r{next(numbers)}"],
                    )
                    [made] = cursor.fetchone()
                    cursor.execute(
                        "INSERT INTO ledger_transfer"
                        " (transaction_id, debit_id, credit_id, currency, amount)"
                        " VALUES (%s, %s, %s, 'USD', 85), (%s, %s, %s, 'USD', 15)",
                        [made, wallet.pk, provider.pk, made, wallet.pk, fee.pk],
                    )
            return CHARGES

        compare(
            name="ledger",
            unit="charges",
            ours=ours,
            reference=reference,
            against="the same rows by bare SQL, one commit each",
        )
        assert ledger.verify() == []  # noqa: S101  a bench of wrong books means nothing


if __name__ == "__main__":
    main()
