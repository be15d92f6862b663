"""What is free in a window: read only, a look that the broker repeats under its constraint."""

from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce

from marketplace.brokerage.models import Lease
from marketplace.brokerage.placement import Together, room
from marketplace.catalog.models import Gpu, Offer, OfferQuerySet

from .boards import Board, Wanted

#: what is said to be free now is free for this long at least
FREE_NOW = timedelta(hours=1)


def free_gpus(*, offer: Offer, start: datetime, end: datetime) -> list[Gpu]:
    """GPUs of the offer that can be rented and that no live lease holds in [start, end)."""
    taken = Lease.objects.live().barring(start, end).values("gpu")
    return list(
        Gpu.objects.rentable()
        .filter(machine=offer.machine_id, chip=offer.chip_id)
        .exclude(pk__in=taken)
        .exclude(machine__upkeep__overlap=(start, end))
        .order_by("index")
    )


def free_together(*, offer: Offer, start: datetime, end: datetime, together: Together) -> int:
    """How many GPUs could be had at once like this: of the offer, or with its equals in the site.

    Equal are listed offers of the same site, chip, price and currency, all simulated or none.
    """
    asked = Wanted(offer, 1, start, end, together)
    return room(Board([asked]).hosts(asked), asked.wish)


def offers(*, start: datetime, end: datetime) -> OfferQuerySet:
    """All offers, each with `free`: how many of its GPUs can be rented for [start, end).

    Counted row by row: right for one offer or a page of them, not for choosing among all.
    """
    taken = Lease.objects.live().barring(start, end).filter(gpu=OuterRef("pk"))
    free = (
        Gpu.objects.rentable()
        .filter(~Exists(taken), machine=OuterRef("machine"), chip=OuterRef("chip"))
        .exclude(machine__upkeep__overlap=(start, end))
        .order_by()
        .values("machine")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return Offer.objects.select_related(
        "chip", "schedule", "machine__site__operator", "machine__trust"
    ).annotate(free=Coalesce(Subquery(free), 0))
