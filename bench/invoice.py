"""An invoice over a million sealed pieces of usage adds up exactly, however it was charged.

Eight GPUs, 125,000 pieces of 1 to 60 s each with gaps between, at an odd price, charged in ticks as
they come and settled at the end. The sum is taken once more outside the database, piece by piece.
Rounding each piece to a micro-unit, and to a cent, is shown beside it.
"""

import json
import random
from datetime import timedelta
from itertools import count

from bench.world import world

GPUS, PIECES, TICKS = 8, 125_000, 10
PRICE = 2_345_679
HOUR_MS = 3_600_000
INSERT = """
INSERT INTO metering_usage (public_id, created_at, lease_id, during, sealed_at)
SELECT gen_random_uuid(), now(), %s, tstzrange(
    %s::timestamptz + b * interval '1 millisecond', %s::timestamptz + e * interval '1 millisecond'),
  now() FROM unnest(%s::bigint[], %s::bigint[]) AS x (b, e)
"""


def main() -> None:
    with world():
        from django.db import connection
        from django.db.models import Sum

        from marketplace.billing import services as billing
        from marketplace.billing.models import Charge
        from marketplace.brokerage import services as brokerage
        from marketplace.brokerage.models import Lease
        from marketplace.ledger import services as ledger
        from marketplace.ledger.models import Transfer
        from marketplace.metering.models import Usage
        from tests import make
        from tests.billing import papers
        from tests.make import NOON

        renter = make.organisation("Bench")
        make.funded(renter, 10**12)
        offer = make.offer(gpus=GPUS, price_micro=PRICE)
        made = make.reservation(renter, offer, gpus=GPUS, hours=89 * 24)
        make.started(made)
        chance = random.Random(1)  # noqa: S311
        leases = list(Lease.objects.order_by("pk").values_list("pk", flat=True))
        reached, pieces = dict.fromkeys(leases, 0), dict.fromkeys(leases, 0)
        micro, cents = 0, 0
        for tick in count(1):
            for lease in leases:
                begins, ends = [], []
                for _ in range(PIECES // TICKS):
                    begin = reached[lease] + chance.randint(1, 1_000)
                    length = chance.randint(1_000, 60_000)
                    begins.append(begin)
                    ends.append(begin + length)
                    reached[lease] = begin + length
                    pieces[lease] += length
                    micro += PRICE * length // HOUR_MS
                    cents += round(PRICE * length / HOUR_MS / 10_000) * 10_000
                with connection.cursor() as cursor:
                    cursor.execute(INSERT, [lease, NOON, NOON, begins, ends])
            if tick == TICKS:
                break
            billing.charge_live(at=NOON + timedelta(days=tick))
        over = NOON + timedelta(days=90)
        brokerage.end_due(reservation=made, at=over)
        made.refresh_from_db()
        cost = billing.settle(reservation=made, at=over + timedelta(days=1))
        papers.record_seller(make.user())
        invoice = papers.invoice(renter, until=over + timedelta(days=2))
        exact = sum(PRICE * ms // HOUR_MS for ms in pieces.values())
        lines = invoice.lines.aggregate(total=Sum("amount_micro"))["total"]
        costs = cost.lines.aggregate(total=Sum("amount_micro"))["total"]
        wallet = billing.wallet(organisation=renter).posted
        charges = Charge.objects.aggregate(total=Sum("amount_micro"))["total"]
        booked = Transfer.objects.filter(transaction__kind="usage")
        ledgered = booked.aggregate(total=Sum("amount"))["total"]
        figures = {
            "name": "invoice",
            "usage_rows": Usage.objects.count(),
            "charges": Charge.objects.count(),
            "recomputed_micro": exact,
            "invoice_net_micro": invoice.net_micro,
            "invoice_rounding_micro": invoice.rounding_micro,
            "invoice_total_micro": invoice.total_micro,
            "lines_micro": lines,
            "cost_statement_micro": cost.total_micro,
            "charges_micro": charges,
            "ledger_micro": ledgered,
            "had_each_piece_been_floored_micro": micro - exact,
            "had_each_piece_been_rounded_to_cents_micro": cents - exact,
            "findings": ledger.verify(),
        }
        print(json.dumps(figures))
        assert exact == invoice.net_micro == lines == charges == ledgered  # noqa: S101
        assert exact == cost.total_micro == costs  # noqa: S101
        assert wallet == 10**12 - invoice.total_micro  # noqa: S101
        assert figures["findings"] == []  # noqa: S101


if __name__ == "__main__":
    main()
