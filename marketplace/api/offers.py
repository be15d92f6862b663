from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.brokerage import services as brokerage
from marketplace.catalog.models import Offer
from marketplace.catalog.states import OfferState

from .resource import Resource
from .serializers import MOST_GPUS, PageQuery, WindowQuery

ORDERS = {"price": "price_micro_per_gpu_hour", "-price": "-price_micro_per_gpu_hour"}
#: by query parameter: the lookup that it is
FILTERS = {
    "chip": "chip__name__icontains",
    "min_memory_gb": "chip__memory_gb__gte",
    "country": "machine__site__country__iexact",
    "max_price_micro": "price_micro_per_gpu_hour__lte",
    "gpu_count": "free__gte",
}


class OfferQuery(PageQuery, WindowQuery):
    chip = serializers.CharField(required=False, max_length=80, help_text="part of its name")
    min_memory_gb = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    country = serializers.RegexField(
        "^[A-Za-z]{2}$", required=False, help_text="of the site, ISO 3166-1 alpha-2"
    )
    max_price_micro = serializers.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, help_text="per GPU-hour, micro-units"
    )
    gpu_count = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_GPUS, help_text="free in the window"
    )
    order = serializers.ChoiceField(choices=list(ORDERS), default="price")


class OfferOut(serializers.Serializer[Offer]):
    id = serializers.UUIDField(source="public_id")
    state = serializers.ChoiceField(choices=OfferState.choices)
    chip = serializers.CharField(source="chip.name")
    memory_gb = serializers.IntegerField(source="chip.memory_gb")
    price_micro_per_gpu_hour = serializers.IntegerField()
    currency = serializers.CharField()
    free_gpus = serializers.IntegerField(source="free", help_text="in the window asked for")
    country = serializers.CharField(source="machine.site.country")
    city = serializers.CharField(source="machine.site.city")
    site = serializers.CharField(source="machine.site.name")
    operator = serializers.CharField(source="machine.site.operator.name")
    simulated = serializers.BooleanField(
        source="machine.simulated", help_text="its GPUs are made up and compute nothing"
    )


class Offers(Resource):
    """What can be rented, cheapest first."""

    query_class = OfferQuery

    @extend_schema(responses=OfferOut(many=True))
    def get(self, request: Request) -> Response:
        found = _in_window(self.query).filter(state=OfferState.LISTED)
        asked = {FILTERS[name]: value for name, value in self.query.items() if name in FILTERS}
        rows = found.filter(**asked).order_by(ORDERS[self.query["order"]], "pk")
        return self.page(rows, OfferOut)


class OneOffer(Resource):
    """An offer, also one that was withdrawn; what is free is counted in the window asked for."""

    query_class = WindowQuery

    @extend_schema(responses=OfferOut)
    def get(self, request: Request, public_id: UUID) -> Response:
        row = get_object_or_404(_in_window(self.query), public_id=public_id)
        return Response(OfferOut(row).data)


def _in_window(query: dict[str, Any]) -> QuerySet[Offer]:
    start = query.get("start") or now()
    return brokerage.offers(start=start, end=query.get("end") or start + brokerage.FREE_NOW)
