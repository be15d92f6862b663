"""Windows on rates: staff see them all, record discounts and correct a price downwards."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from marketplace.core.evidence import EvidenceAdmin
from marketplace.core.money import EXPONENT, BadAmount, micro_from_text
from marketplace.metering.admin import RecordAdmin

from . import services
from .models import Discount, RateSegment, TermsOffer


class DiscountForm(forms.ModelForm[Discount]):
    currency = forms.ChoiceField(choices=[(name, name) for name in EXPONENT])
    threshold = forms.CharField(
        help_text="of a commitment the hours that the window is long, such as 720; "
        "of volume the amount charged in the 30 days before, such as 5000.00"
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if "threshold" in given and "kind" in given:
            try:
                given["threshold"] = _threshold(given["kind"], given["threshold"])
            except BadAmount as error:
                self.add_error("threshold", str(error))
        return given

    @property
    def facts(self) -> dict[str, Any]:
        return self.cleaned_data


def _threshold(kind: str, text: str) -> int:
    """Whole hours, or micro-units. Raises BadAmount."""
    if kind == Discount.Kind.VOLUME:
        return micro_from_text(text)
    if not text.isdecimal():
        raise BadAmount(f"{text!r} is not a whole number of hours.")
    return int(text)


class CorrectionForm(forms.ModelForm[RateSegment]):
    """A lower price; the service's own checks say what stands."""

    facts: dict[str, Any]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.errors:
            return given
        self.facts = {
            "reservation": given["reservation"],
            "price_micro": given["list_micro_per_gpu_hour"],
            "since": given["since"],
            "reason": given["reason"],
        }
        try:
            services.require_correction(**self.facts)
        except services.BadTerms as error:
            raise ValidationError(f"This cannot stand: {error}.") from error
        return given


@admin.register(Discount)
class DiscountAdmin(RecordAdmin):
    form = DiscountForm
    fields = ("kind", "organisation", "threshold", "currency", "share_bps")
    raw_id_fields = ("organisation",)
    list_display = ("kind", "organisation", "at_least", "share_bps", "currency", "since")
    list_select_related = ("organisation",)
    verb = staticmethod(services.record_discount)

    @admin.display(description="threshold")
    def at_least(self, row: Discount) -> str:
        return row.least

    def get_fields(self, request: HttpRequest, obj: Discount | None = None) -> Any:
        """Of a row that is there, the threshold in words."""
        names = super().get_fields(request, obj)
        return ["at_least" if obj and name == "threshold" else name for name in names]


@admin.register(RateSegment)
class RateSegmentAdmin(RecordAdmin):
    form = CorrectionForm
    fields = ("reservation", "list_micro_per_gpu_hour", "since", "reason")
    raw_id_fields = ("reservation",)
    list_display = (
        *("reservation", "version", "since", "price_micro_per_gpu_hour", "discount_bps"),
        *("reason", "opened_at"),
    )
    list_select_related = ("reservation",)
    verb = staticmethod(services.correct_terms)


@admin.register(TermsOffer)
class TermsOfferAdmin(EvidenceAdmin[TermsOffer]):
    list_display = ("reservation", "price_micro_per_gpu_hour", "since", "offered_by", "offered_at")
    list_select_related = ("reservation", "offered_by")
