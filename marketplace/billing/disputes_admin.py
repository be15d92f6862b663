"""Windows on service credits and disputes: staff promise, rule whose fault it was, and decide."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.timezone import now

from marketplace.accounts.trail import staff
from marketplace.core.evidence import EvidenceAdmin
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
from .states import RENTAL_DISPUTE_OPEN

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


class DisputeEntryInline(admin.TabularInline[DisputeEntry, RentalDispute]):
    model = DisputeEntry
    extra = 0
    can_delete = False
    fields = readonly_fields = ("at", "side", "text", "by", "evidence")


class RulingForm(forms.ModelForm[RentalDispute]):
    """A ruling: granting something upholds the dispute, granting nothing refuses it."""

    ruling = forms.CharField(
        max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="both sides see it"
    )
    granted_micro = forms.IntegerField(
        required=False, min_value=1, help_text="micro-units; empty: refused"
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
    list_display = (
        *("public_id", "state", "renter", "provider", "claimed_micro", "granted_micro"),
        *("answer_by", "decide_by"),
    )
    list_filter = ("state", "fault")
    list_select_related = ("renter", "provider")
    search_fields = ("public_id", "renter__name", "provider__name", "reservation__public_id")
    inlines = (DisputeEntryInline,)

    def has_change_permission(self, request: HttpRequest, obj: RentalDispute | None = None) -> bool:
        may = request.user.has_perm("billing.change_rentaldispute")
        return may and obj is not None and obj.state in RENTAL_DISPUTE_OPEN

    def get_readonly_fields(
        self, request: HttpRequest, obj: RentalDispute | None = None
    ) -> tuple[str, ...]:
        return tuple(name for name in self.fields if name not in RulingForm.base_fields)

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
