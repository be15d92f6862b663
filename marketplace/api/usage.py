from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Aggregate, Field
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.brokerage.models import Lease
from marketplace.brokerage.states import LeaseState
from marketplace.catalog.pricing import milliseconds

from .reservations import own_reservations
from .resource import Resource
from .serializers import PageQuery


class Joined(Aggregate):
    """Ranges as few, disjoint intervals: usage is sealed in slices that mostly touch."""

    function = "range_agg"
    output_field: Field[Any, Any] = Field()


class Interval(serializers.Serializer[Any]):
    start = serializers.DateTimeField(source="lower")
    end = serializers.DateTimeField(source="upper")


class LeaseUsage(serializers.Serializer[Lease]):
    """Sealed usage of one GPU: what is or will be billed."""

    lease = serializers.UUIDField(source="public_id")
    gpu = serializers.CharField(source="gpu.uuid")
    state = serializers.ChoiceField(choices=LeaseState.choices)
    covered_ms = serializers.SerializerMethodField()
    intervals = serializers.SerializerMethodField()

    def get_covered_ms(self, row: Any) -> int:
        lengths = (one.upper - one.lower for one in row.covered or ())
        return milliseconds(sum(lengths, timedelta()))

    @extend_schema_field(Interval(many=True))
    def get_intervals(self, row: Any) -> list[dict[str, Any]]:
        return list(Interval(row.covered or (), many=True).data)


class ReservationUsage(Resource):
    """Sealed usage of a reservation, GPU by GPU."""

    query_class = PageQuery

    @extend_schema(responses=LeaseUsage(many=True))
    def get(self, request: Request, public_id: UUID) -> Response:
        reservation = get_object_or_404(own_reservations(request), public_id=public_id)
        rows = Lease.objects.filter(assignment__reservation=reservation).select_related("gpu")
        return self.page(rows.annotate(covered=Joined("usage__during")).order_by("pk"), LeaseUsage)
