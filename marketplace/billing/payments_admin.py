"""Windows on money in: cards, lots, credit, refunds, disputes, and what Stripe says of it all."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import now

from marketplace.accounts.trail import staff
from marketplace.core.evidence import EvidenceAdmin, EvidenceInline
from marketplace.core.idempotency import KeyReused
from marketplace.core.refusals import BadField
from marketplace.core.showing import money
from marketplace.core.states import IllegalMove, LostRace
from marketplace.metering.admin import RecordAdmin

from . import services
from .models import (
    AutoTopUp,
    CreditGrant,
    CreditLot,
    Dispute,
    Finding,
    Grace,
    LotMove,
    Reconciliation,
    Refund,
    SavedCard,
    StripeMovement,
    WalletNotice,
)


@admin.register(SavedCard)
class SavedCardAdmin(EvidenceAdmin[SavedCard]):
    list_display = ("organisation", "brand", "last4", "country", "is_default", "removed_at")
    list_select_related = ("organisation",)
    search_fields = ("organisation__name", "payment_method", "last4")


@admin.register(AutoTopUp)
class AutoTopUpAdmin(EvidenceAdmin[AutoTopUp]):
    list_display = ("organisation", "enabled", "threshold_micro", "amount_micro", "asked_at")
    list_filter = ("enabled",)
    list_select_related = ("organisation",)
    search_fields = ("organisation__name",)


@admin.register(Grace)
class GraceAdmin(EvidenceAdmin[Grace]):
    list_display = ("organisation", "change", "amount_micro", "owed_micro", "limit_micro", "at")
    list_select_related = ("organisation", "change__reservation")
    search_fields = ("organisation__name",)


@admin.register(WalletNotice)
class WalletNoticeAdmin(EvidenceAdmin[WalletNotice]):
    list_display = ("organisation", "text", "created_at", "put_away_at")
    list_select_related = ("organisation",)
    search_fields = ("organisation__name",)


class LotMoveInline(EvidenceInline[LotMove]):
    model = LotMove
    fields = ("kind", "amount_micro", "moved_at")


@admin.register(CreditLot)
class CreditLotAdmin(EvidenceAdmin[CreditLot]):
    list_display = ("public_id", "organisation", "kind", "amount_micro", "spent_micro", "left")
    list_filter = ("kind",)
    list_select_related = ("organisation",)
    search_fields = ("public_id", "organisation__name", "top_up__payment_intent")
    inlines = (LotMoveInline,)

    @admin.display(description="Left, as last drawn")
    def left(self, row: CreditLot) -> str:
        return money(row.remaining_micro, row.currency)


class CreditGrantForm(forms.ModelForm[CreditGrant]):
    @property
    def facts(self) -> dict[str, Any]:
        return self.cleaned_data


@admin.register(CreditGrant)
class CreditGrantAdmin(RecordAdmin):
    """Adding one proposes it; somebody else of the staff gives or rejects it."""

    form = CreditGrantForm
    fields = ("organisation", "amount_micro", "expires_at", "reason")
    raw_id_fields = ("organisation",)
    list_display = ("organisation", "amount_micro", "state", "proposed_by", "decided_by", "reason")
    list_filter = ("state",)
    list_select_related = ("organisation", "proposed_by", "decided_by")
    actions = ("give", "reject")

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().add_view(request, *args, **kwargs)
        except BadField as reason:
            return refuse(self, request, reason)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        made = services.propose_credit(**form.facts, by=staff(request), at=now())
        obj.pk, obj.public_id = made.pk, made.public_id

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("billing.change_creditgrant")

    @admin.action(description="Give this credit", permissions=["decide"])
    def give(self, request: HttpRequest, rows: QuerySet[CreditGrant]) -> None:
        for grant in rows:
            attempt(self, request, grant, services.give_credit)

    @admin.action(description="Reject this credit", permissions=["decide"])
    def reject(self, request: HttpRequest, rows: QuerySet[CreditGrant]) -> None:
        for grant in rows:
            attempt(self, request, grant, services.reject_credit)


def attempt(
    window: admin.ModelAdmin[Any], request: HttpRequest, grant: CreditGrant, verb: Any
) -> None:
    """Do it, or say why not."""
    try:
        verb(grant=grant, by=staff(request), at=now())
    except (BadField, IllegalMove, LostRace) as reason:
        window.message_user(request, f"{grant}: {reason}", messages.ERROR)


class RefundForm(forms.ModelForm[Refund]):
    """How much of a lot goes back to its card; what cannot is said before Stripe is asked.

    It gives back once however often it is sent.
    """

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    @property
    def facts(self) -> dict[str, Any]:
        asked = dict(self.cleaned_data)
        key = f"staff:{asked.pop('token')}"
        return {**asked, "key": key}


@admin.register(Refund)
class RefundAdmin(RecordAdmin):
    form = RefundForm
    fields = ("lot", "amount_micro", "reason", "token")
    raw_id_fields = ("lot",)
    list_display = ("public_id", "lot", "amount_micro", "state", "requested_by", "failure")
    list_filter = ("state",)
    list_select_related = ("lot", "requested_by")
    search_fields = ("public_id", "refund_id", "lot__organisation__name")

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().add_view(request, *args, **kwargs)
        except (BadField, KeyReused) as reason:
            return refuse(self, request, reason)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        asked = super().get_fields(request, obj)
        return [name for name in asked if name != "token"] if obj else asked

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        made = services.refund(**form.facts, by=staff(request), at=now())
        obj.pk, obj.public_id = made.pk, made.public_id


def refuse(
    window: admin.ModelAdmin[Any], request: HttpRequest, reason: BadField | KeyReused
) -> HttpResponse:
    """Back to the list, with the reason; nothing was written."""
    window.message_user(request, str(reason), messages.ERROR)
    return HttpResponseRedirect(request.path)


@admin.register(Dispute)
class DisputeAdmin(EvidenceAdmin[Dispute]):
    list_display = ("dispute_id", "organisation", "amount_micro", "state", "due_by", "owed_micro")
    list_filter = ("state",)
    list_select_related = ("organisation",)
    search_fields = ("dispute_id", "organisation__name")
    actions = ("write_off",)

    def has_write_off_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("billing.change_dispute")

    @admin.action(description="Write off what the organisation owes", permissions=["write_off"])
    def write_off(self, request: HttpRequest, rows: QuerySet[Dispute]) -> None:
        for row in rows:
            try:
                services.write_off(
                    organisation=row.organisation,
                    reason=f"dispute {row.dispute_id}",
                    by=staff(request),
                    at=now(),
                )
            except services.NothingOwed as reason:
                self.message_user(request, f"{row}: {reason}", messages.ERROR)


@admin.register(Reconciliation)
class ReconciliationAdmin(EvidenceAdmin[Reconciliation]):
    list_display = ("made_at", "until", "movements", "postings", "findings_count")
    date_hierarchy = "made_at"


@admin.register(Finding)
class FindingAdmin(EvidenceAdmin[Finding]):
    list_display = (
        "kind",
        "subject",
        "stripe",
        "ledger",
        "apart",
        "note",
        "reconciliation",
        "look",
    )
    list_filter = ("kind",)
    list_select_related = ("reconciliation",)
    ordering = ("-reconciliation__made_at", "kind", "pk")
    search_fields = ("subject",)

    @admin.display(description="Stripe has", ordering="stripe_micro", empty_value="nothing")
    def stripe(self, row: Finding) -> str | None:
        return None if row.stripe_micro is None else money(row.stripe_micro)

    @admin.display(description="the ledger has", ordering="ledger_micro", empty_value="nothing")
    def ledger(self, row: Finding) -> str | None:
        return None if row.ledger_micro is None else money(row.ledger_micro)

    @admin.display(description="apart by")
    def apart(self, row: Finding) -> str:
        return money((row.stripe_micro or 0) - (row.ledger_micro or 0))

    @admin.display(description="in the ledger")
    def look(self, row: Finding) -> SafeString:
        """Postings of that key; none when only Stripe knows it."""
        found = f"{reverse('admin:ledger_transaction_changelist')}?{urlencode({'q': row.subject})}"
        return format_html('<a href="{}">Postings</a>', found)


@admin.register(StripeMovement)
class StripeMovementAdmin(EvidenceAdmin[StripeMovement]):
    list_display = ("txn_id", "type", "amount_minor", "fee_minor", "currency", "happened_at")
    list_filter = ("type",)
    search_fields = ("txn_id", "source", "ledger_key")
    date_hierarchy = "happened_at"
