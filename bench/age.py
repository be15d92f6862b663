"""What grows with the age of a lease: the same work over leases of 1, 1,000 and 40,000 pieces.

All three ages lie in one database and are measured in turns. The tick is `charge_leases` over 10
leases of one age, which were charged once for each sealed piece of 45 s and have one more to be
charged; the sum is `metering.billed_ms` of the same, which the tick asks; a page asks what a
renter's does. A seal is `metering.seal` of two more leases, with as many links and pieces and one
more link to be sealed. Pieces, links and charges come by bare SQL, interleaved as they would
arrive, with every constraint and trigger kept. The reference is the youngest age.
"""

import json
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection

from bench.report import machine
from bench.world import world

if TYPE_CHECKING:
    from bench.rentals import Rentals

AGES = (1, 1_000, 40_000)
TICKED, SEALED, ROUNDS = 10, 2, 7
PIECE = timedelta(seconds=45)
#: 45 s at 2.40 an hour, and its shares
AMOUNT, PROVIDER, FEE = 30_000, 25_500, 4_500

USED = """
INSERT INTO metering_usage (public_id, created_at, lease_id, during, sealed_at)
SELECT gen_random_uuid(), now(), l, tstzrange(b, b + %(piece)s), now()
FROM unnest(%(leases)s::bigint[]) l, generate_series(%(first)s, %(last)s) n,
  LATERAL (SELECT %(start)s + n * %(piece)s AS b) x ORDER BY n, l
"""
CHARGED = """
INSERT INTO billing_charge (public_id, created_at, lease_id, rate_id, seq, covered_ms, total_micro,
  amount_micro, provider_micro, fee_micro, currency, charged_at)
SELECT gen_random_uuid(), now(), l.id, s.id, n, n * 45000, n * %(amount)s, %(amount)s,
  %(provider)s, %(fee)s, 'USD', %(start)s
FROM generate_series(1, %(last)s + 1) n, brokerage_lease l
JOIN brokerage_assignment a ON a.id = l.assignment_id
JOIN billing_ratesegment s ON s.reservation_id = a.reservation_id
WHERE l.id = ANY (%(leases)s) ORDER BY n, l.id
"""
LINKED = """
WITH made AS (
  INSERT INTO metering_segment ({columns}) SELECT {values}
  FROM generate_series(%(first)s::bigint, %(last)s::bigint) n, brokerage_lease l
  JOIN brokerage_assignment a ON a.id = l.assignment_id,
  LATERAL (SELECT %(start)s + n * %(piece)s AS b) x
  WHERE l.id = ANY (%(leases)s) ORDER BY n, l.id
  RETURNING id, assignment_id, seq, start, "end")
INSERT INTO metering_link (segment_id, assignment_id, position, counted, doubt, linked_at)
SELECT m.id, m.assignment_id, m.seq + 1, tstzrange(m.start, m."end"), '', now() FROM made m
"""


def _linked() -> str:
    from bench.rows import filled
    from marketplace.metering.models import Segment

    columns, values = filled(
        Segment,
        assignment_id="a.id",
        machine_id="a.machine_id",
        boot_id="l.public_id",
        seq="n",
        start="b",
        end="b + %(piece)s",
        mono_ms="45000",
        gpu_uuids="'[]'",
        received_at="now()",
        content_sha256="''",
    )
    return LINKED.format(columns=columns.replace("end,", '"end",'), values=values)


class Aged:
    """Leases of one age, and what is done with them."""

    def __init__(self, age: int, rentals: "Rentals") -> None:
        from marketplace.billing.services.opening import open_rates

        self.age = age
        self.start, self.over = rentals.start, rentals.start + timedelta(days=60)
        self.ticked, self.sealed = self._added(rentals, TICKED), self._added(rentals, SEALED)
        open_rates(leases=self.ticked, at=self.start)
        self._put(USED, self.ticked + self.sealed, 0, age - 1)
        self._put(CHARGED, self.ticked, 0, age - 1)
        self._put(_linked(), self.sealed, 0, age - 1)
        self.pieces = age

    def _added(self, rentals: "Rentals", count: int) -> list[int]:
        from marketplace.brokerage.models import Lease

        rentals.add(count)
        return list(Lease.objects.order_by("-pk").values_list("pk", flat=True)[:count])

    def _put(self, sql: str, leases: list[int], first: int, last: int) -> None:
        facts = {"leases": leases, "first": first, "last": last}
        money = {"amount": AMOUNT, "provider": PROVIDER, "fee": FEE}
        with connection.cursor() as cursor:
            cursor.execute(sql, {"start": self.start, "piece": PIECE, **facts, **money})

    def grow(self) -> None:
        """One more piece to be charged, and one more link to be sealed."""
        self._put(USED, self.ticked, self.pieces, self.pieces)
        self._put(_linked(), self.sealed, self.pieces, self.pieces)
        self.pieces += 1

    def tick(self) -> None:
        from marketplace.billing.services.charging import charge_leases

        assert charge_leases(leases=self.ticked, at=self.over) == TICKED * AMOUNT  # noqa: S101

    def sum(self) -> None:
        from marketplace.metering import services as metering

        asked = [metering.Slice(lease, self.start, None) for lease in self.ticked]
        assert metering.billed_ms(slices=asked) == [45_000 * self.pieces] * TICKED  # noqa: S101

    def page(self) -> None:
        self._told(self.ticked)

    def seal(self) -> None:
        from marketplace.brokerage.models import Reservation
        from marketplace.metering import services as metering

        for row in Reservation.objects.filter(assignments__leases__in=self.sealed):
            metering.seal(reservation=row, at=self.over)

    def check(self) -> None:
        self._told(self.sealed)

    def _told(self, leases: list[int]) -> None:
        from marketplace.brokerage.models import Lease
        from marketplace.metering.models import BilledMs

        rows = Lease.objects.filter(pk__in=leases).annotate(billed=BilledMs("pk"))
        told = list(rows.values_list("billed", flat=True))
        assert told == [45_000 * self.pieces] * len(leases)  # noqa: S101


WORK: dict[str, Callable[[Aged], None]] = {
    "tick": Aged.tick,
    "sum": Aged.sum,
    "page": Aged.page,
    "seal": Aged.seal,
}


def main() -> None:
    with world():
        from bench.rentals import Rentals
        from marketplace.ledger import services as ledger
        from marketplace.metering import services as metering

        rentals = Rentals()
        ages = [Aged(age, rentals) for age in AGES]
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        took: dict[str, list[list[float]]] = {name: [] for name in WORK}
        for round_ in range(ROUNDS + 1):
            for one in ages:
                one.grow()
            for name in WORK:
                took[name].append(_turn(name, ages, round_))
        for one in ages:
            one.check()
        assert ledger.verify() == metering.verify() == []  # noqa: S101  or it means nothing
        # the first round warms up
        ratios = {name: _report(name, rounds[1:]) for name, rounds in took.items()}
        print(json.dumps({"name": "age", "ratios": ratios, "machine": machine()}))


def _turn(name: str, ages: list[Aged], round_: int) -> list[float]:
    """Seconds that each age takes; every other round begins with the oldest."""
    took = dict.fromkeys(AGES, 0.0)
    for one in ages if round_ % 2 else reversed(ages):
        started = time.perf_counter()
        WORK[name](one)
        took[one.age] = time.perf_counter() - started
    return list(took.values())


def _report(name: str, rounds: list[list[float]]) -> dict[str, float]:
    """Print the medians; how many times as long as for the youngest, in turns."""
    ratios = {}
    for place, age in enumerate(AGES):
        took = statistics.median(row[place] for row in rounds)
        ratio = round(statistics.median(row[place] / row[0] for row in rounds), 2)
        print(f"{name:>6}{age:>8,} pieces{took * 1000:>10.1f} ms{ratio:>9.2f}")
        ratios[f"{age:,}"] = ratio
    return ratios


if __name__ == "__main__":
    main()
