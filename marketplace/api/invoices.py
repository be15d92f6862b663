from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.billing.models import Invoice, InvoiceLine

from .authentication import principal
from .resource import Resource
from .serializers import PageQuery


class LineOut(serializers.Serializer[InvoiceLine]):
    lease = serializers.UUIDField(source="lease.public_id")
    description = serializers.CharField()
    covered_ms = serializers.IntegerField(help_text="billed time")
    price_micro_per_gpu_hour = serializers.IntegerField()
    amount_micro = serializers.IntegerField()


class InvoiceOut(serializers.Serializer[Invoice]):
    id = serializers.UUIDField(source="public_id")
    reservation = serializers.UUIDField(source="reservation.public_id")
    total_micro = serializers.IntegerField(help_text="the sum of its lines")
    currency = serializers.CharField()
    issued_at = serializers.DateTimeField()
    usage_statement_sha256 = serializers.SerializerMethodField(
        help_text="of the file at its reservation's usage/statement"
    )
    lines = LineOut(many=True)

    def get_usage_statement_sha256(self, row: Invoice) -> str | None:
        statements = sorted(row.reservation.statements.all(), key=lambda one: one.revision)
        return statements[-1].hexdigest if statements else None


class Invoices(Resource):
    """What reservations have cost, newest first."""

    query_class = PageQuery

    @extend_schema(responses=InvoiceOut(many=True))
    def get(self, request: Request) -> Response:
        return self.page(_own(request).order_by("-pk"), InvoiceOut)


class OneInvoice(Resource):
    """An invoice, line by line."""

    @extend_schema(responses=InvoiceOut)
    def get(self, request: Request, public_id: UUID) -> Response:
        return Response(InvoiceOut(get_object_or_404(_own(request), public_id=public_id)).data)


def _own(request: Request) -> QuerySet[Invoice]:
    rows = Invoice.objects.filter(organisation=principal(request).organisation)
    return rows.select_related("reservation").prefetch_related(
        "lines__lease", "reservation__statements"
    )
