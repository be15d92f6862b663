"""What the pages read of the market."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from compliance.models import ChipModel
from marketplace.brokerage import services as brokerage
from marketplace.catalog.models import Offer


def free_now(*, at: datetime) -> QuerySet[Offer]:
    """All offers, each with `free`: its GPUs that can be rented from this moment on."""
    return brokerage.offers(start=at, end=at + brokerage.FREE_NOW)


def chips_on_offer() -> QuerySet[ChipModel]:
    return ChipModel.objects.filter(
        Exists(Offer.objects.listed().filter(chip=OuterRef("pk")))
    ).order_by("name")


def countries_on_offer() -> list[str]:
    found = Offer.objects.listed().values_list("machine__site__country", flat=True)
    return sorted(set(found.distinct()))
