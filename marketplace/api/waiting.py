"""The waitlist: requests that cannot be met now, and where they stand."""

from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.models import ChipModel
from marketplace.accounts import roles
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Waiting
from marketplace.brokerage.placement import Together
from marketplace.brokerage.services import BadAsk, Wish
from marketplace.brokerage.states import WaitState

from .authentication import principal
from .resource import Resource, checked, idempotency_key, made
from .serializers import GpuCountField, PageQuery, Strict, UtcField
from .workload import WorkloadField

MOST_LENGTH = 90 * 86_400


class WaitingIn(Strict):
    chip = serializers.CharField(max_length=80, help_text="the GPU model by its name")
    gpu_count = GpuCountField()
    length_s = serializers.IntegerField(min_value=300, max_value=MOST_LENGTH)
    earliest = UtcField(help_text="it starts then or later")
    latest = UtcField(help_text="it starts by then, or lapses")
    limit_micro_per_gpu_hour = serializers.IntegerField(min_value=1, max_value=10**12)
    country = serializers.RegexField("^[A-Z]{2}$", required=False, help_text="of the site")
    together = serializers.ChoiceField(
        choices=[one.value for one in Together], default=Together.OFFER.value
    )
    workload = WorkloadField()

    def validate_together(self, value: str) -> Together:
        return Together(value)


class PlaceOut(serializers.Serializer[Any]):
    position = serializers.IntegerField(help_text="counted from 1")
    of = serializers.IntegerField(help_text="so many wait for this GPU model")


class WaitingOut(serializers.Serializer[Waiting]):
    """Nothing is set aside for it; when its turn comes it becomes a reservation."""

    id = serializers.UUIDField(source="public_id")
    state = serializers.ChoiceField(choices=WaitState.choices)
    reason = serializers.CharField(help_text="what stands in the way, or why it lapsed")
    place = serializers.SerializerMethodField()
    chip = serializers.CharField(source="chip.name")
    gpu_count = serializers.IntegerField()
    together = serializers.CharField()
    country = serializers.CharField()
    length_s = serializers.IntegerField()
    earliest = serializers.DateTimeField()
    latest = serializers.DateTimeField()
    limit_micro_per_gpu_hour = serializers.IntegerField()
    currency = serializers.CharField()
    reservation = serializers.UUIDField(source="reservation.public_id", default=None)
    created_at = serializers.DateTimeField()

    @extend_schema_field(PlaceOut(allow_null=True))
    def get_place(self, row: Waiting) -> Any:
        places: dict[int, Any] = self.context["places"]
        found = places.get(row.pk)
        return PlaceOut(found).data if found else None


def _mine(request: Request) -> QuerySet[Waiting]:
    rows = Waiting.objects.filter(renter=principal(request).organisation)
    return rows.select_related("chip", "reservation")


def _told(rows: list[Waiting]) -> list[dict[str, Any]]:
    context = {"places": brokerage.places(waiting=rows, at=now())}
    return [WaitingOut(row, context=context).data for row in rows]


class Waitlist(Resource):
    """Own requests in line, newest first; and standing in line."""

    acts: ClassVar = {"GET": roles.VIEW, "POST": roles.RENT}
    query_class = PageQuery
    keyed = True

    @extend_schema(responses=WaitingOut(many=True))
    def get(self, request: Request) -> Response:
        pages = self.pagination_class()
        rows = pages.paginate_queryset(_mine(request).order_by("-pk"), self.request, self)
        return pages.get_paginated_response(_told(list(rows or [])))

    @extend_schema(request=WaitingIn, responses={201: WaitingOut})
    def post(self, request: Request) -> Response:
        acting = principal(request)
        key = idempotency_key(request)
        asked = checked(WaitingIn, request.data)
        asked["chip"] = _chip(asked["chip"])
        asked["length"] = timedelta(seconds=asked.pop("length_s"))
        asked["limit_micro"] = asked.pop("limit_micro_per_gpu_hour")
        row = brokerage.wait(
            renter=acting.organisation, by=acting.user, wish=Wish(**asked), key=key, at=now()
        )
        return made(_told([row])[0], "one-waiting", status=201)


class OneWaiting(Resource):
    """A request in line, as it stands now; it may leave the line."""

    acts: ClassVar = {"GET": roles.VIEW, "DELETE": roles.RENT}

    @extend_schema(responses=WaitingOut)
    def get(self, request: Request, public_id: UUID) -> Response:
        return Response(_told([get_object_or_404(_mine(request), public_id=public_id)])[0])

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, public_id: UUID) -> Response:
        row = get_object_or_404(_mine(request), public_id=public_id)
        brokerage.withdraw(waiting=row, by=principal(request).user, at=now())
        return Response(status=204)


def _chip(name: str) -> ChipModel:
    found = ChipModel.objects.filter(name=name).first()
    if found is None:
        raise BadAsk("chip", "is not known; take the name of a GPU from /offers")
    return found
