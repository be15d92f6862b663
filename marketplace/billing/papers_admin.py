"""Windows on invoices and credit notes: staff record seller, tax and schedule, and see the rest."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model

from marketplace.core.evidence import EvidenceAdmin, EvidenceInline
from marketplace.metering.admin import RecordAdmin

from . import services
from .models import (
    BillingDetails,
    CreditLine,
    CreditNote,
    Invoice,
    InvoiceLine,
    LineSpan,
    NumberSeries,
    PaperFile,
    Seller,
    TaxPayment,
    TaxRule,
)


class FactsForm(forms.ModelForm[Any]):
    """What is put on record as it was written."""

    @property
    def facts(self) -> dict[str, Any]:
        return self.cleaned_data


@admin.register(Seller)
class SellerAdmin(RecordAdmin):
    form = FactsForm
    fields = ("name", "address", "country", "tax_id", "email")
    list_display = ("name", "country", "tax_id", "recorded_by", "recorded_at")
    list_select_related = ("recorded_by",)
    verb = staticmethod(services.record_seller)


@admin.register(TaxRule)
class TaxRuleAdmin(RecordAdmin):
    form = FactsForm
    fields = (
        *("jurisdiction", "registered", "treatment", "rate_bps", "wording", "source"),
        *("checked_by", "since"),
    )
    list_display = (
        *("jurisdiction", "registered", "treatment", "rate_bps", "since", "counsel", "source"),
    )
    list_filter = ("jurisdiction", "treatment")
    verb = staticmethod(services.record_tax_rule)

    @admin.display(description="counsel")
    def counsel(self, row: TaxRule) -> str:
        return row.checked_by or "verify with counsel"


@admin.register(BillingDetails)
class BillingDetailsAdmin(EvidenceAdmin[BillingDetails]):
    list_display = ("organisation", "name", "postal_code", "tax_id", "recorded_by", "recorded_at")
    list_select_related = ("organisation", "recorded_by")
    search_fields = ("organisation__name", "name", "tax_id")


@admin.register(NumberSeries)
class NumberSeriesAdmin(EvidenceAdmin[NumberSeries]):
    list_display = ("code", "last_number")


class LineInline(EvidenceInline[Any]):
    model: type[Model]
    fields = (
        *("position", "description", "amount_micro", "jurisdiction", "tax_point"),
        *("treatment", "tax_bps", "tax_note"),
    )


class InvoiceLineInline(LineInline):
    model = InvoiceLine


class CreditLineInline(LineInline):
    model = CreditLine


class PaperAdmin(EvidenceAdmin[Any]):
    search_fields = ("number", "organisation__name", "public_id")
    date_hierarchy = "issued_at"


@admin.register(Invoice)
class InvoiceAdmin(PaperAdmin):
    list_display = (
        *("code", "organisation", "period", "net_micro", "rounding_micro"),
        *("tax_micro", "total_micro", "currency", "issued_at"),
    )
    list_filter = ("currency", "series")
    list_select_related = ("organisation",)
    inlines = (InvoiceLineInline,)


@admin.register(CreditNote)
class CreditNoteAdmin(PaperAdmin):
    list_display = (
        *("code", "organisation", "invoice", "kind", "fault", "total_micro", "currency"),
        *("issued_by", "issued_at"),
    )
    list_filter = ("kind", "fault", "currency", "series")
    list_select_related = ("organisation", "invoice", "issued_by")
    inlines = (CreditLineInline,)


@admin.register(LineSpan)
class LineSpanAdmin(EvidenceAdmin[LineSpan]):
    list_display = ("lease", "rate", "charges", "billed_ms", "amount_micro")
    list_select_related = ("lease", "rate__reservation")


@admin.register(TaxPayment)
class TaxPaymentAdmin(EvidenceAdmin[TaxPayment]):
    list_display = ("invoice", "seq", "amount_micro", "paid_at")
    list_select_related = ("invoice",)


@admin.register(PaperFile)
class PaperFileAdmin(EvidenceAdmin[PaperFile]):
    list_display = ("invoice", "credit_note", "sha256", "made_at")
    readonly_fields = ("sha256",)
    list_select_related = ("invoice", "credit_note")
    exclude = ("content",)
