from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance.models import Dimension, Grade
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.services import Timetable
from marketplace.catalog import services as catalog
from marketplace.catalog.models import Offer, OfferQuerySet
from marketplace.catalog.query import Comparison, Key, Query, narrowed, parse
from marketplace.catalog.query.fields import LOCATION, TRUST
from marketplace.catalog.services import PricePoint
from marketplace.catalog.states import OfferState
from marketplace.catalog.trust import services as trust

from .authentication import principal
from .resource import Pages, Resource
from .serializers import MOST_GPUS, PageQuery, Strict, WindowQuery
from .terms import TermsOut

#: by query parameter: the condition of the search language that it is
FILTERS = {
    "chip": ("gpu", "~"),
    "min_memory_gb": ("memory", ">="),
    "country": ("country", "="),
    "max_price_micro": ("price", "<="),
    "gpu_count": ("count", ">="),
}
ORDERS = ("price", "-price")
WORDS = ("available", "under review", "not available")


class SearchQuery(WindowQuery):
    """What to look for, in words of the language, in parameters, or in both, which all must hold"""

    q = serializers.CharField(
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        help_text="such as: gpu ~ H100 and count >= 8 and price < $2.40 for 72h order by price",
    )
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

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        query = parse(attrs.get("q", ""))
        if query.window and "start" in attrs:
            raise serializers.ValidationError(
                {"start": "q names a window too (for ...); keep one of them"}
            )
        return {**attrs, "query": narrowed(query, *_conditions(attrs))}


class OfferQuery(PageQuery, SearchQuery):
    order = serializers.ChoiceField(
        choices=ORDERS, default="price", help_text="after what q orders by"
    )


class OfferOut(serializers.Serializer[Offer]):
    id = serializers.UUIDField(source="public_id")
    state = serializers.ChoiceField(choices=OfferState.choices)
    chip = serializers.CharField(source="chip.name")
    memory_gb = serializers.IntegerField(source="chip.memory_gb")
    export_class = serializers.CharField(source="chip.export_class")
    price_micro_per_gpu_hour = serializers.IntegerField()
    currency = serializers.CharField()
    keep_micro_per_gib_hour = serializers.IntegerField(
        allow_null=True,
        help_text=(
            "what a workspace costs that is kept after its rental, while its machine answers; "
            "null: it is wiped"
        ),
    )
    free_gpus = serializers.IntegerField(source="free", help_text="in the window asked for")
    free_after_notice_gpus = serializers.SerializerMethodField(
        help_text="besides: taken by bids alone, which give way to the full price as terms say"
    )
    country = serializers.CharField(source="machine.site.country")
    city = serializers.CharField(source="machine.site.city")
    site = serializers.CharField(source="machine.site.name")
    operator = serializers.CharField(source="machine.site.operator.name")
    cuda = serializers.CharField(source="machine.cuda_version")
    driver = serializers.CharField(source="machine.driver_version")
    trust = serializers.SerializerMethodField(
        help_text="how far the machine is proven to be what it says"
    )
    location = serializers.SerializerMethodField(help_text="how far its place is borne out")
    reliability_bps = serializers.IntegerField(
        source="machine.reliability_bps",
        allow_null=True,
        help_text="the share of what is asked of it that it surely serves; null: nothing on record",
    )
    terms = TermsOut(source="*")
    simulated = serializers.BooleanField(
        source="machine.simulated", help_text="its GPUs are made up and compute nothing"
    )
    availability = serializers.SerializerMethodField(
        help_text="what screening would say to your organisation; null if it does not rent"
    )

    def get_free_after_notice_gpus(self, row: Offer) -> int:
        counts: dict[int, int] = self.context["after_notice"]
        return counts.get(row.pk, 0)

    @extend_schema_field(serializers.ChoiceField(choices=TRUST))
    def get_trust(self, row: Offer) -> str:
        return trust.tier_of(row.machine, at=self.context["at"])

    @extend_schema_field(serializers.ChoiceField(choices=LOCATION))
    def get_location(self, row: Offer) -> str:
        return trust.location_of(row.machine, at=self.context["at"])

    @extend_schema_field(serializers.ChoiceField(choices=WORDS, allow_null=True))
    def get_availability(self, row: Offer) -> str | None:
        words: dict[int, str] = self.context["words"]
        return words.get(row.pk)


class SiteRiskOut(serializers.Serializer[Any]):
    """Decision support, not legal advice."""

    country = serializers.CharField()
    operator = serializers.CharField(help_text="empty: every operator there")
    site = serializers.CharField(help_text="empty: every site")
    dimension = serializers.ChoiceField(choices=Dimension.choices)
    grade = serializers.ChoiceField(choices=Grade.choices)
    statement = serializers.CharField()
    as_of = serializers.DateField()
    verification = serializers.CharField(help_text="how far it was checked")

    def get_fields(self) -> dict[str, Any]:
        # as an attribute it would be the `source` that every field has
        return {**super().get_fields(), "source": serializers.CharField()}


class OneOfferOut(OfferOut):
    """An offer with what is on record about its place."""

    site_risks = serializers.SerializerMethodField(
        help_text="decision support, not legal advice; nothing on record says nothing"
    )

    @extend_schema_field(SiteRiskOut(many=True))
    def get_site_risks(self, row: Offer) -> Any:
        risks = catalog.site_risks(site=row.machine.site, day=self.context["day"])
        return SiteRiskOut(risks, many=True).data


class FacetOut(serializers.Serializer[Any]):
    value = serializers.CharField()
    offers = serializers.IntegerField()


class FacetsOut(serializers.Serializer[Any]):
    as_of = serializers.DateTimeField()
    total = serializers.IntegerField()
    gpu = FacetOut(many=True)
    country = FacetOut(many=True)
    memory_gb = FacetOut(many=True)


class PricePointOut(serializers.Serializer[PricePoint]):
    offer = serializers.UUIDField()
    price_micro_per_gpu_hour = serializers.IntegerField()
    currency = serializers.CharField()
    since = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=OfferState.choices)


class CalendarQuery(Strict):
    """Whole hours from one on; the hour that runs now when none is given"""

    start = serializers.DateTimeField(required=False, help_text="cut down to its hour")
    hours = serializers.IntegerField(
        default=72, min_value=1, max_value=brokerage.MOST_HOURS, help_text="how many to tell"
    )


class CalendarOut(serializers.Serializer[Timetable]):
    start = serializers.DateTimeField()
    gpus = serializers.IntegerField(help_text="of the offer that can be rented at all")
    free = serializers.ListField(
        child=serializers.IntegerField(), help_text="how many for that whole hour, hour by hour"
    )
    after_notice = serializers.ListField(
        child=serializers.IntegerField(),
        help_text=(
            "how many more at the full price, because only a bid takes them, which gives way with "
            "the notice of the offer; empty where no bids are taken"
        ),
    )


class HistoryOut(serializers.Serializer[Any]):
    prices = PricePointOut(many=True, help_text="of the GPUs behind this offer, oldest first")


class OfferPages(Pages):
    """A page with the moment at which it was looked up; rows and count come from one look."""

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> Any:
        self.request = request
        self.limit, self.offset = self.get_limit(request) or 0, self.get_offset(request)
        rows, self.count = brokerage.page(found=queryset, offset=self.offset, limit=self.limit)
        return rows

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        made = super().get_paginated_response_schema(schema)
        made["properties"]["as_of"] = {"type": "string", "format": "date-time"}
        return made


class Offers(Resource):
    """What can be rented, cheapest first."""

    query_class = OfferQuery
    pagination_class = OfferPages

    @extend_schema(responses=OfferOut(many=True))
    def get(self, request: Request) -> Response:
        at = now()
        found, window = _found(self.query, at)
        pages = self.pagination_class()
        rows = pages.paginate_queryset(found, request, self)
        shown = OfferOut(rows, many=True, context=_words(rows, request, window, at))
        answer = pages.get_paginated_response(shown.data)
        answer.data["as_of"] = at
        return answer


class OfferFacets(Resource):
    """How many of the offers found there are of each GPU model, in each country, of each memory."""

    query_class = SearchQuery

    @extend_schema(responses=FacetsOut)
    def get(self, request: Request) -> Response:
        at = now()
        found, _ = _found(self.query, at)
        counted = asdict(brokerage.facets(found))
        told = {
            name: [{"value": value, "offers": many} for value, many in counted[name]]
            for name in ("gpu", "country", "memory_gb")
        }
        return Response(FacetsOut({"as_of": at, "total": counted["total"], **told}).data)


class OneOffer(Resource):
    """An offer, also one that was withdrawn; what is free is counted in the window asked for."""

    query_class = WindowQuery

    @extend_schema(responses=OneOfferOut)
    def get(self, request: Request, public_id: UUID) -> Response:
        at = now()
        start, end = _window(self.query, Query(), at)
        row = get_object_or_404(brokerage.offers(start=start, end=end), public_id=public_id)
        context = {**_words([row], request, (start, end), at), "day": at.date()}
        return Response(OneOfferOut(row, context=context).data)


class Calendar(Resource):
    """How many of an offer's GPUs are free in each hour; a booking looks again."""

    query_class = CalendarQuery

    @extend_schema(responses=CalendarOut)
    def get(self, request: Request, public_id: UUID) -> Response:
        row = get_object_or_404(Offer, public_id=public_id)
        start: datetime = self.query.get("start", now())
        start = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        tables = brokerage.timetable(offers=[row], start=start, hours=self.query["hours"])
        return Response(CalendarOut(tables[row.pk]).data)


class History(Resource):
    """What the GPUs behind an offer cost before; a running rental keeps the price it began with."""

    query_class = Strict

    @extend_schema(responses=HistoryOut)
    def get(self, request: Request, public_id: UUID) -> Response:
        row = get_object_or_404(Offer, public_id=public_id)
        return Response(HistoryOut({"prices": catalog.price_history(offer=row)}).data)


def _conditions(attrs: dict[str, Any]) -> list[Comparison]:
    given = {name: value for name, value in attrs.items() if name in FILTERS}
    given |= {name: given[name].upper() for name in ("country",) if name in given}
    return [Comparison(*FILTERS[name], (value,)) for name, value in given.items()]


def _window(asked: dict[str, Any], query: Query, at: datetime) -> tuple[datetime, datetime]:
    if "start" in asked:
        return asked["start"], asked["end"]
    return brokerage.window_of(query, at=at)


def _found(asked: dict[str, Any], at: datetime) -> tuple[OfferQuerySet, tuple[datetime, datetime]]:
    query: Query = asked["query"]
    window = _window(asked, query, at)
    if asked.get("order") == "-price":
        query = Query(query.where, query.window, (*query.order, Key("price", descending=True)))
    return brokerage.search(query=query, start=window[0], end=window[1]), window


def _words(
    rows: Sequence[Offer], request: Request, window: tuple[datetime, datetime], at: datetime
) -> dict[str, Any]:
    """What OfferOut tells besides the rows: what screening would say, and what bids hold."""
    renter = principal(request).organisation
    start, end = window
    return {
        "at": at,
        "words": brokerage.standing(renter=renter, offers=rows, start=start, end=end, at=at),
        "after_notice": brokerage.free_after_notice(offers=rows, start=start, end=end),
    }
