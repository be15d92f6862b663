"""Reservations taken from request to confirmed, against the bare rows that remain of them.

Ours: `request` and `broker` one after the other: window and wallet looked at, renter screened,
decision kept, GPU picked, lease under the exclusion constraint, hold, confirmation. Reference: the
reservation, its decision, hold, assignment and lease inserted as they are at the end, in one
transaction, with every check left out but the database's own.
"""

from datetime import timedelta
from itertools import count

from bench.report import compare
from bench.world import world

RESERVATIONS = 40


def main() -> None:
    with world():
        from django.db import transaction
        from psycopg.types.range import TimestamptzRange

        from marketplace.brokerage.models import Assignment, Lease, Reservation
        from marketplace.core import hints
        from tests import make
        from tests.make import HOUR, NOON

        hints._send = lambda task, ids: None  # type: ignore[assignment]  # nobody listens
        renter = make.organisation("Bench")
        make.funded(renter, 10**12)
        offer = make.offer(gpus=1)
        gpu = offer.machine.gpus.get()
        hours = count(1)

        def ours() -> int:
            for _ in range(RESERVATIONS):
                row = make.reservation(renter, offer, start=NOON + next(hours) * HOUR)
                assert row.state == "confirmed", row.reason  # noqa: S101
            return RESERVATIONS

        def reference() -> int:
            for _ in range(RESERVATIONS):
                start = NOON + next(hours) * HOUR
                window = TimestamptzRange(start, start + timedelta(hours=1))
                with transaction.atomic():
                    made = make.bare_reservation(renter, offer, during=window, state="confirmed")
                    part = Assignment.objects.create(reservation=made, machine=offer.machine)
                    Lease.objects.create(assignment=part, gpu=gpu, during=window, state="confirmed")
            return RESERVATIONS

        compare(
            name="broker",
            unit="reservations",
            ours=ours,
            reference=reference,
            against="the rows that remain, inserted without a check",
        )
        live = Lease.objects.live().count()
        assert live == Reservation.objects.filter(state="confirmed").count()  # noqa: S101


if __name__ == "__main__":
    main()
