"""What is on offer and how much of it is free: read only."""

from datetime import datetime

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from marketplace.brokerage.models import Lease
from marketplace.catalog.models import Gpu, Offer


def offers(*, start: datetime, end: datetime) -> QuerySet[Offer]:
    """All offers, each with `free`: how many of its GPUs can be rented for [start, end)."""
    taken = Lease.objects.live().filter(during__overlap=(start, end)).values("gpu")
    free = (
        Gpu.objects.rentable()
        .filter(machine=OuterRef("machine"), chip=OuterRef("chip"))
        .exclude(pk__in=taken)
        .order_by()
        .values("machine")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return Offer.objects.select_related("chip", "machine__site__operator").annotate(
        free=Coalesce(Subquery(free), 0)
    )
