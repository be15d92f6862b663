from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.billing import services as billing
from marketplace.brokerage.models import Lease
from marketplace.brokerage.states import LeaseState
from marketplace.catalog.pricing import milliseconds
from marketplace.metering.models import BilledTime

from .reservations import own_reservations
from .resource import Resource
from .serializers import PageQuery


class Interval(serializers.Serializer[Any]):
    start = serializers.DateTimeField(source="lower")
    end = serializers.DateTimeField(source="upper")


class LeaseUsage(serializers.Serializer[Lease]):
    """Sealed usage of one GPU, less what rulings took out: what is or will be billed."""

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
        return self.page(rows.annotate(covered=BilledTime("pk")).order_by("pk"), LeaseUsage)


class Statement(Resource):
    """The signed usage statement of a settled reservation, to be recomputed anywhere.

    The file is the same each time; its SHA-256 stands on the invoice. Before the reservation is
    settled there is none.
    """

    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request, public_id: UUID) -> HttpResponse:
        reservation = get_object_or_404(own_reservations(request), public_id=public_id)
        statement = billing.latest_statement(reservation=reservation)
        if statement is None:
            raise Http404
        name, content = billing.statement_file(statement=statement)
        return HttpResponse(
            content,
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
