"""What the GPUs of a reservation did, lease by lease, for whoever rented them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.brokerage.models import Lease
from marketplace.catalog.health.curves import Point, Stretch, curves


@dataclass(frozen=True, slots=True)
class Curve:
    """`points` lie within [start, end) and within the lease; oldest first."""

    lease: Lease
    points: Sequence[Point]


def measured(
    *, leases: Sequence[Lease], start: datetime, end: datetime, at: datetime
) -> list[Curve]:
    """What was measured of each lease within [start, end), in their order.

    The caller has found that the leases are of whoever asks; `lease.gpu` should be read with them.
    One query and one look into Redis for each machine. What lies outside the time in which a lease
    ran is somebody else's and is left out; a lease that has not begun has no points.
    """
    stretches = {lease.pk: _stretch(lease, start, end, at) for lease in leases}
    of_machine: defaultdict[int, list[tuple[int, Stretch]]] = defaultdict(list)
    for lease in leases:
        stretch = stretches[lease.pk]
        if stretch is not None:
            of_machine[lease.gpu.machine_id].append((lease.pk, stretch))
    found: dict[int, list[Point]] = {}
    for machine_id, wanted in of_machine.items():
        told = curves(machine_id=machine_id, stretches=[stretch for _, stretch in wanted])
        found |= {pk: points for (pk, _), points in zip(wanted, told, strict=True)}
    return [Curve(lease, found.get(lease.pk, [])) for lease in leases]


def _stretch(lease: Lease, start: datetime, end: datetime, at: datetime) -> Stretch | None:
    if lease.started_at is None:
        return None
    begin, over = max(lease.started_at, start), min(lease.ended_at or at, end)
    return Stretch(lease.gpu.uuid, begin, over) if begin < over else None
