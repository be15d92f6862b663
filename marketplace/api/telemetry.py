from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease

from .reservations import own_reservations
from .resource import Resource
from .serializers import PageQuery, UtcField

HOUR, MOST = timedelta(hours=1), timedelta(hours=24)


class TelemetryQuery(PageQuery):
    start = UtcField(required=False, help_text="an hour before the end by default")
    end = UtcField(required=False, help_text="now by default")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        end = attrs.get("end") or (attrs["start"] + HOUR if "start" in attrs else now())
        start = attrs.get("start") or end - HOUR
        if not timedelta() < end - start <= MOST:
            raise serializers.ValidationError({"end": "must be after start, by a day at most"})
        return {**attrs, "start": start, "end": end}


class PointOut(serializers.Serializer[Any]):
    """Null where the card does not tell; a MIG slice tells its memory only."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField(help_text="the start again where it is one sample")
    gpu_percent = serializers.IntegerField(allow_null=True)
    memory_used_bytes = serializers.IntegerField(allow_null=True)
    power_mw = serializers.IntegerField(allow_null=True)
    temperature_c = serializers.IntegerField(allow_null=True)


class CurveOut(serializers.Serializer[Any]):
    lease = serializers.UUIDField(source="lease.public_id")
    gpu = serializers.CharField(source="lease.gpu.uuid")
    memory_bytes = serializers.IntegerField(source="lease.gpu.memory_bytes", help_text="it has")
    points = PointOut(many=True)


class ReservationTelemetry(Resource):
    """What each GPU of a reservation did while its lease ran, in an hour or up to a day.

    A sample with each heartbeat, for the last hour; before that, averages of about five minutes,
    kept for 180 days.
    """

    query_class: ClassVar = TelemetryQuery

    @extend_schema(responses=CurveOut(many=True))
    def get(self, request: Request, public_id: UUID) -> Response:
        reservation = get_object_or_404(own_reservations(request), public_id=public_id)
        rows = Lease.objects.filter(assignment__reservation=reservation).select_related("gpu")
        span: Mapping[str, Any] = {name: self.query[name] for name in ("start", "end")}
        pages = self.pagination_class()
        leases = pages.paginate_queryset(rows.order_by("pk"), request, self) or []
        found = brokerage.measured(leases=leases, at=now(), **span)
        return pages.get_paginated_response(CurveOut(found, many=True).data)
