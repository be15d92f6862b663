"""Windows on service credits and disputes: staff promise, rule whose fault it was, and decide."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.timezone import now

from marketplace.accounts.trail import staff
from marketplace.core.evidence import EvidenceAdmin, EvidenceInline
from marketplace.core.money_fields import MicroField
from marketplace.core.worklist import DueFilter, OpenFilter, due, pill
from marketplace.metering.admin import RecordAdmin

from . import services
from .models import (
    DisputeEntry,
    Fault,
    FaultRuling,
    RentalDispute,
    SlaAssessment,
    SlaTier,
)
from .papers_admin import FactsForm
from .states import RENTAL_DISPUTE_OPEN, RentalDisputeState

FAULTS = [("", "—"), *((one.value, one.label) for one in (Fault.PROVIDER, Fault.PLATFORM))]


@admin.register(SlaTier)
class SlaTierAdmin(RecordAdmin):
    form = FactsForm
    fields = ("below_bps", "credit_bps")
    list_display = ("below_bps", "credit_bps", "since", "recorded_by")
    list_select_related = ("recorded_by",)
    verb = staticmethod(services.record_tier)


class FaultRulingForm(FactsForm):
    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                services.require_fault_ruling(**given)
            except services.BadFaultRuling as error:
                raise ValidationError(f"This cannot stand: {error}.") from error
        return given


@admin.register(FaultRuling)
class FaultRulingAdmin(RecordAdmin):
    form = FaultRulingForm
    fields = ("reservation", "fault", "reason")
    raw_id_fields = ("reservation",)
    list_display = ("reservation", "fault", "reason", "ruled_by", "ruled_at")
    list_select_related = ("reservation", "ruled_by")
    verb = staticmethod(services.rule_fault)


@admin.register(SlaAssessment)
class SlaAssessmentAdmin(EvidenceAdmin[SlaAssessment]):
    list_display = (
        *("reservation", "revision", "run_ms", "down_ms", "credit_bps", "credit_micro", "fault"),
        "assessed_at",
    )
    list_filter = ("fault",)
    list_select_related = ("reservation",)


class DisputeEntryInline(EvidenceInline[DisputeEntry]):
    model = DisputeEntry
    fields = ("at", "side", "text", "by", "evidence")


#: signs of a claim that a row has room for
CLAIM = 80
#: colour and shape of the pages
LOOKS = {
    RentalDisputeState.OPEN: ("idle", "half"),
    RentalDisputeState.ANSWERED: ("warn", "ring"),
    RentalDisputeState.ESCALATED: ("bad", "warn"),
    RentalDisputeState.UPHELD: ("good", "ok"),
    RentalDisputeState.REFUSED: ("idle", "no"),
    RentalDisputeState.WITHDRAWN: ("idle", "ok"),
}


class OpenDisputes(OpenFilter):
    open = RENTAL_DISPUTE_OPEN
    done = "Ruled and withdrawn"


class RulingDue(DueFilter):
    column = "decide_by"


class RulingForm(forms.ModelForm[RentalDispute]):
    """A ruling: granting something upholds the dispute, granting nothing refuses it."""

    ruling = forms.CharField(
        max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="both sides see it"
    )
    granted_micro = MicroField(
        required=False,
        min_value=1,
        label="Granted",
        help_text="in the currency of the dispute, such as 12.50; empty: refused",
    )
    fault = forms.ChoiceField(
        choices=FAULTS, required=False, help_text="at whose cost, if something is granted"
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.errors:
            return given
        if given["granted_micro"] and not given["fault"]:
            raise ValidationError({"fault": "Say at whose cost."})
        try:
            services.require_ruling(
                dispute=RentalDispute.objects.get(pk=self.instance.pk),
                granted_micro=given["granted_micro"],
                at=now(),
            )
        except services.BadDispute as error:
            raise ValidationError(f"This cannot stand: it {error.message}.") from error
        return given


@admin.register(RentalDispute)
class RentalDisputeAdmin(EvidenceAdmin[RentalDispute]):
    form = RulingForm
    fields = (
        *("public_id", "state", "reservation", "renter", "provider", "claim", "claimed_micro"),
        *("currency", "raised_at", "answer_by", "decide_by", "credit_note", "ruled_by"),
        *("ruling", "granted_micro", "fault"),
    )
    readonly_fields = fields[: -len(RulingForm.base_fields)]
    list_display = (
        *("deadline", "renter", "provider", "rental", "said", "claimed_micro", "granted_micro"),
        "standing",
    )
    list_display_links = ("deadline", "renter")
    list_filter = (OpenDisputes, RulingDue, "state", "fault")
    list_select_related = ("renter", "provider", "reservation__offer__chip")
    ordering = ("decide_by", "pk")
    search_fields = ("public_id", "renter__name", "provider__name", "reservation__public_id")
    inlines = (DisputeEntryInline,)

    @admin.display(description="due", ordering="decide_by")
    def deadline(self, row: RentalDispute) -> SafeString:
        """First the provider has to answer, then we have to rule."""
        answering = row.state == RentalDisputeState.OPEN and row.answer_by > now()
        by, word = (row.answer_by, "answer") if answering else (row.decide_by, "ruling")
        return due(by, waits=row.is_open, word=word)

    @admin.display(description="rental")
    def rental(self, row: RentalDispute) -> SafeString:
        booked = row.reservation
        page = reverse("admin:brokerage_reservation_change", args=[booked.pk])
        return format_html('<a href="{}">{} of {}</a>', page, booked.gpu_count, booked.offer.chip)

    @admin.display(description="claim")
    def said(self, row: RentalDispute) -> str:
        return Truncator(row.claim).chars(CLAIM)

    @admin.display(description="state", ordering="state")
    def standing(self, row: RentalDispute) -> SafeString:
        state = RentalDisputeState(row.state)
        return pill(*LOOKS[state], state.label)

    def has_change_permission(self, request: HttpRequest, obj: RentalDispute | None = None) -> bool:
        may = request.user.has_perm("billing.change_rentaldispute")
        return may and obj is not None and obj.state in RENTAL_DISPUTE_OPEN

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """Rule through the verbs; what they refuse is told and nothing is changed."""
        facts, by, at = form.cleaned_data, staff(request), now()
        row = RentalDispute.objects.get(pk=obj.pk)
        if facts["granted_micro"]:
            services.uphold_dispute(
                dispute=row,
                granted_micro=facts["granted_micro"],
                fault=facts["fault"],
                ruling=facts["ruling"],
                by=by,
                at=at,
            )
        else:
            services.refuse_dispute(dispute=row, ruling=facts["ruling"], by=by, at=at)


@admin.register(DisputeEntry)
class DisputeEntryAdmin(EvidenceAdmin[DisputeEntry]):
    list_display = ("dispute", "side", "at", "by")
    list_select_related = ("dispute", "by")
