"""Invoices and credit notes: what was billed and given back, and the files to keep."""

from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts import roles
from marketplace.billing import services as billing
from marketplace.billing.models import BillingDetails, CreditNote, Invoice

from .authentication import principal
from .resource import Resource, checked, idempotency_key, made
from .serializers import PageQuery, Strict


class PaperOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    number = serializers.CharField(source="code")
    issued_at = serializers.DateTimeField()
    currency = serializers.CharField()
    net_micro = serializers.IntegerField(help_text="the sum of its lines")
    rounding_micro = serializers.IntegerField(help_text="to whole minor units")
    tax_micro = serializers.IntegerField()
    total_micro = serializers.IntegerField()


class InvoiceOut(PaperOut):
    period_start = serializers.DateTimeField(source="period.lower")
    period_end = serializers.DateTimeField(source="period.upper", help_text="not included")


class CreditNoteOut(PaperOut):
    invoice = serializers.UUIDField(source="invoice.public_id")
    invoice_number = serializers.CharField(source="invoice.code")
    kind = serializers.ChoiceField(choices=CreditNote.Kind.choices)
    reason = serializers.CharField()


class DetailsIn(Strict):
    name = serializers.CharField(max_length=200)
    address = serializers.CharField(max_length=500)
    postal_code = serializers.CharField(
        max_length=16, allow_blank=True, default="", help_text="decides the tax in some countries"
    )
    tax_id = serializers.CharField(max_length=64, allow_blank=True, default="")
    reference = serializers.CharField(max_length=80, allow_blank=True, default="")


class DetailsOut(serializers.Serializer[BillingDetails]):
    name = serializers.CharField()
    address = serializers.CharField()
    postal_code = serializers.CharField()
    tax_id = serializers.CharField()
    reference = serializers.CharField()
    recorded_at = serializers.DateTimeField()


class Details(Resource):
    """What invoices from now on say of the organisation; issued ones stay."""

    acts: ClassVar = {"GET": roles.VIEW, "PUT": roles.PAY}

    @extend_schema(responses={200: DetailsOut, 204: None})
    def get(self, request: Request) -> Response:
        known = billing.details_of(principal(request).organisation)
        if known is None:
            return Response(status=204)
        return Response(DetailsOut(known).data)

    @extend_schema(request=DetailsIn, responses=DetailsOut)
    def put(self, request: Request) -> Response:
        acting = principal(request)
        row = billing.record_details(
            organisation=acting.organisation,
            by=acting.user,
            at=now(),
            **checked(DetailsIn, request.data),
        )
        return Response(DetailsOut(row).data)


class Invoices(Resource):
    """Own invoices, newest first; a POST issues one of what was charged since the last one."""

    acts: ClassVar = {"GET": roles.VIEW, "POST": roles.PAY}
    query_class = PageQuery
    keyed = True
    refusals = (503,)

    @extend_schema(responses=InvoiceOut(many=True))
    def get(self, request: Request) -> Response:
        return self.page(_invoices(request).order_by("-pk"), InvoiceOut)

    @extend_schema(request=None, responses={201: InvoiceOut})
    def post(self, request: Request) -> Response:
        acting, at = principal(request), now()
        checked(Strict, request.data)
        row = billing.issue_invoice(
            organisation=acting.organisation,
            currency=settings.CURRENCY,
            until=at,
            key=f"api:{idempotency_key(request)}",
            by=acting.user,
            at=at,
        )
        return made(InvoiceOut(row).data, "invoice", status=201)


class OneInvoice(Resource):
    """An invoice with its lines and parties, as its JSON file says it."""

    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request, public_id: UUID) -> Response:
        row = get_object_or_404(_invoices(request), public_id=public_id)
        return Response(billing.paper_content(row))


class InvoicePdf(Resource):
    """The invoice as PDF: the same bytes at every download."""

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, public_id: UUID) -> HttpResponse:
        return _pdf(get_object_or_404(_invoices(request), public_id=public_id))


class CreditNotes(Resource):
    """Own credit notes, newest first."""

    query_class = PageQuery

    @extend_schema(responses=CreditNoteOut(many=True))
    def get(self, request: Request) -> Response:
        return self.page(_notes(request).order_by("-pk"), CreditNoteOut)


class OneCreditNote(Resource):
    """A credit note with its lines and parties, as its JSON file says it."""

    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request, public_id: UUID) -> Response:
        row = get_object_or_404(_notes(request), public_id=public_id)
        return Response(billing.paper_content(row))


class CreditNotePdf(Resource):
    """The credit note as PDF: the same bytes at every download."""

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, public_id: UUID) -> HttpResponse:
        return _pdf(get_object_or_404(_notes(request), public_id=public_id))


def _invoices(request: Request) -> QuerySet[Invoice]:
    return Invoice.objects.filter(organisation=principal(request).organisation)


def _notes(request: Request) -> QuerySet[CreditNote]:
    rows = CreditNote.objects.filter(organisation=principal(request).organisation)
    return rows.select_related("invoice")


def _pdf(row: Invoice | CreditNote) -> HttpResponse:
    name, content, media = billing.paper_file(row, kind="pdf", at=now())
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=media, headers=headers)
