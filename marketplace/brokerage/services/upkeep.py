"""What maintenance of a machine would mean for what is booked on it."""

from datetime import datetime
from typing import NamedTuple

from psycopg.types.range import TimestamptzRange

from marketplace.brokerage.models import Lease
from marketplace.catalog.models import Machine


class Touched(NamedTuple):
    """Booked reservations that reach into it, their GPUs, and when the last of them ends.

    `empty_at` is None where none does: the machine is empty when it begins.
    """

    bookings: int
    gpus: int
    empty_at: datetime | None


def touched(*, machine: Machine, start: datetime, until: datetime | None) -> Touched:
    """Who must still be served within [start, until). One query."""
    leases = Lease.objects.live().filter(
        gpu__machine=machine, during__overlap=TimestamptzRange(start, until)
    )
    rows = list(leases.values_list("assignment__reservation", "gpu", "during"))
    return Touched(
        len({reservation for reservation, _, _ in rows}),
        len({gpu for _, gpu, _ in rows}),
        max((during.upper for _, _, during in rows), default=None),
    )
