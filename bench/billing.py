"""The billing tick: 10,000 live leases, one minute each, charged and booked, against the same rows.

Ours: `charge_live`: lock, sum sealed usage, rate, charge, book, spend the holds. Reference: the
charges, transactions and transfers inserted and the holds shrunk by bare SQL in transactions of the
same size, with every constraint and trigger of ours and no computing at all. Last, in a process of
its own, the memory of the tick (`bench.tick_memory`).
"""

import subprocess
import sys
from uuid import uuid4

from bench.report import compare
from bench.world import world

LEASES = 10_000
#: 60 s at 2.40 an hour, and its shares
AMOUNT, PROVIDER, FEE = 40_000, 34_000, 6_000

CHARGES = """
INSERT INTO billing_charge (public_id, created_at, lease_id, rate_id, seq, covered_ms, total_micro,
  amount_micro, provider_micro, fee_micro, currency, charged_at)
SELECT p, now(), l, r, %s, %s, %s, %s, %s, %s, 'USD', now()
FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[]) AS x (p, l, r)
"""
TRANSACTIONS = """
INSERT INTO ledger_transaction
  (public_id, created_at, key, content_sha256, kind, event_at, actor, reason)
SELECT p, now(), k, sha256(k::bytea), 'usage', now(), '', '' FROM unnest(%s::uuid[], %s::text[])
  AS x (p, k) RETURNING id
"""
HOLDS = "UPDATE ledger_hold SET amount = amount - %s WHERE id = ANY (%s)"
TRANSFERS = """
INSERT INTO ledger_transfer (transaction_id, debit_id, credit_id, currency, amount)
SELECT t, d, c, 'USD', a
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS x (t, d, c, a)
"""
ROWS = """
SELECT l.id, s.id, h.id, h.account_id, l.public_id FROM brokerage_lease l
JOIN brokerage_assignment a ON a.id = l.assignment_id
JOIN brokerage_reservation r ON r.id = a.reservation_id
JOIN ledger_hold h ON h.id = r.hold_id JOIN billing_ratesegment s ON s.reservation_id = r.id
WHERE r.state = 'settled' ORDER BY l.id
"""


def main() -> None:
    with world():
        from django.db import connection, transaction

        from bench.rentals import Rentals
        from marketplace.billing import services as billing
        from marketplace.billing.services.opening import open_rates
        from marketplace.billing.services.ticking import BATCH
        from marketplace.brokerage.models import Lease
        from marketplace.ledger import services as ledger
        from marketplace.ledger.models import Kind
        from tests.make import NOON

        rentals = Rentals()
        rentals.add(LEASES)
        rentals.add(LEASES, state="settled")
        settled = Lease.objects.filter(assignment__reservation__state="settled")
        open_rates(leases=list(settled.values_list("pk", flat=True)), at=NOON)
        with connection.cursor() as cursor:
            cursor.execute(ROWS)
            rows = cursor.fetchall()
        operator = rentals.offer.machine.site.operator.public_id
        provider = ledger.account(kind=Kind.PROVIDER_PENDING, owner=operator, currency="USD").pk
        fee = ledger.account(kind=Kind.PLATFORM_FEE, currency="USD").pk
        seq = 0

        def ours() -> int:
            charged = billing.charge_live(at=NOON)
            assert charged >= LEASES * AMOUNT, charged  # noqa: S101
            return LEASES

        def reference() -> int:
            nonlocal seq
            seq += 1
            for place in range(0, LEASES, BATCH):
                insert(rows[place : place + BATCH])
            return LEASES

        def insert(batch: list[tuple[int, int, int, int, str]]) -> None:
            leases, rates, holds, wallets, names = (list(x) for x in zip(*batch, strict=True))
            ids = [uuid4() for _ in batch]
            totals = (seq, seq * 60_000, seq * AMOUNT, AMOUNT, PROVIDER, FEE)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(CHARGES, [*totals, ids, leases, rates])
                keys = [f"usage:{name}:1:{seq}" for name in names]
                cursor.execute(TRANSACTIONS, [ids, keys])
                made = [pk for [pk] in cursor.fetchall()]
                cursor.execute("SELECT ledger_lock_balances(%s)", [sorted(set(wallets))])
                cursor.execute(HOLDS, [AMOUNT, holds])
                targets = [provider] * len(made) + [fee] * len(made)
                amounts = [PROVIDER] * len(made) + [FEE] * len(made)
                cursor.execute(TRANSFERS, [made * 2, wallets * 2, targets, amounts])

        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        compare(
            name="billing",
            unit="leases",
            ours=ours,
            reference=reference,
            against=f"the same rows by bare SQL, one commit for {BATCH:,}",
            prepare=rentals.use,
        )
        assert ledger.verify() == []  # noqa: S101  a bench of wrong books means nothing
    subprocess.run([sys.executable, "-m", "bench.tick_memory"], check=True)


if __name__ == "__main__":
    main()
