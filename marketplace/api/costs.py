from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.billing.models import CostLine, CostStatement

from .authentication import principal
from .resource import Resource


class CostLineOut(serializers.Serializer[CostLine]):
    lease = serializers.UUIDField(source="lease.public_id")
    description = serializers.CharField()
    covered_ms = serializers.IntegerField(help_text="billed time")
    price_micro_per_gpu_hour = serializers.IntegerField()
    amount_micro = serializers.IntegerField()


class CostOut(serializers.Serializer[CostStatement]):
    id = serializers.UUIDField(source="public_id")
    reservation = serializers.UUIDField(source="reservation.public_id")
    total_micro = serializers.IntegerField(help_text="the sum of its lines")
    currency = serializers.CharField()
    issued_at = serializers.DateTimeField(help_text="when it was settled")
    usage_statement_sha256 = serializers.SerializerMethodField(
        help_text="of the file at its reservation's usage/statement"
    )
    lines = CostLineOut(many=True)

    def get_usage_statement_sha256(self, row: CostStatement) -> str | None:
        statements = sorted(row.reservation.statements.all(), key=lambda one: one.revision)
        return statements[-1].hexdigest if statements else None


class Cost(Resource):
    """What a settled reservation cost, line by line; invoices bill a period instead."""

    @extend_schema(responses=CostOut)
    def get(self, request: Request, public_id: UUID) -> Response:
        rows = CostStatement.objects.filter(organisation=principal(request).organisation)
        rows = rows.select_related("reservation").prefetch_related(
            "lines__lease", "reservation__statements"
        )
        return Response(CostOut(get_object_or_404(rows, reservation__public_id=public_id)).data)
