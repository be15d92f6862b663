"""What is taken by bids alone: who pays the full price gets it after notice. A look, no lock."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q

from marketplace.brokerage.models import GOING_ON, Lease, Reservation
from marketplace.catalog.models import Gpu, Offer


def free_after_notice(*, offers: Sequence[Offer], start: datetime, end: datetime) -> dict[int, int]:
    """By primary key of the offer how many GPUs a bid alone takes in [start, end), where any.

    Of offers that take bids; one query for all of them, none without such. When each has to go is
    decided by its notice and its paid minimum: see `contending.first_room`.
    """
    taking = [row for row in offers if row.spot_floor_micro is not None]
    if not taking:
        return {}
    gpus = Gpu.objects.rentable().filter(machine__in={row.machine_id for row in taking})
    bids = Reservation.objects.filter(GOING_ON).values("pk")
    of, on_bid = "assignment__reservation", Q(assignment__reservation__in=bids)
    barred = (
        Lease.objects.live()
        .barring(start, end)
        .filter(gpu__in=gpus.values("pk"))
        .order_by()
        .values_list("gpu", "gpu__machine", "gpu__chip")
        .annotate(rentals=Count(of, distinct=True), bids=Count(of, filter=on_bid, distinct=True))
        .filter(rentals=1, bids=1)
    )
    found = [(machine, chip) for _, machine, chip, *_ in barred]
    counts = {row.pk: found.count((row.machine_id, row.chip_id)) for row in taking}
    return {pk: count for pk, count in counts.items() if count}
