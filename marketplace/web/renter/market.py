"""What the pages read of the market."""

from datetime import datetime

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from compliance.models import ChipModel
from marketplace.brokerage.models import Lease
from marketplace.catalog.models import Gpu, Offer
from marketplace.catalog.states import OfferState


def offers(*, at: datetime) -> QuerySet[Offer]:
    """All offers, each with `free`: its GPUs that can be rented and nobody has at this moment."""
    taken = Lease.objects.live().filter(gpu=OuterRef("pk"), during__contains=at)
    free = (
        Gpu.objects.rentable()
        .filter(machine=OuterRef("machine"), chip=OuterRef("chip"))
        .filter(~Exists(taken))
        .order_by()
        .values("machine")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Offer.objects.select_related("chip", "machine__site__operator").annotate(
        free=Coalesce(Subquery(free, output_field=IntegerField()), Value(0))
    )


def listed(*, at: datetime) -> QuerySet[Offer]:
    """What can be rented, cheapest first."""
    rows = offers(at=at).filter(state=OfferState.LISTED)
    return rows.order_by("price_micro_per_gpu_hour", "pk")


def chips_on_offer() -> QuerySet[ChipModel]:
    return ChipModel.objects.filter(
        Exists(Offer.objects.listed().filter(chip=OuterRef("pk")))
    ).order_by("name")


def countries_on_offer() -> list[str]:
    found = Offer.objects.listed().values_list("machine__site__country", flat=True)
    return sorted(set(found.distinct()))
