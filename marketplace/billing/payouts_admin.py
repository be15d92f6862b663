"""Windows on money out: staff see it all, hold a provider's payouts and take one back."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import now

from marketplace.accounts.trail import staff
from marketplace.core.evidence import EvidenceAdmin, EvidenceInline
from marketplace.core.filters import FilledFilter
from marketplace.core.refusals import BadField
from marketplace.metering.admin import RecordAdmin

from . import services
from .models import (
    BankPayout,
    Maturity,
    Payout,
    PayoutAccount,
    PayoutHold,
    PayoutLine,
    PayoutReversal,
)


class AskedForm(forms.ModelForm[Any]):
    """What staff ask for; the service's own checks say what stands."""

    facts: dict[str, Any]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.errors:
            return given
        self.facts = dict(given)
        try:
            self.require(**self.facts)
        except BadField as error:
            raise ValidationError({error.field: f"This {error.message}."}) from error
        return given

    def require(self, **facts: Any) -> None:
        raise NotImplementedError


class HoldForm(AskedForm):
    def require(self, **facts: Any) -> None:
        services.payouts.require_hold(**facts)


class ReversalForm(AskedForm):
    def require(self, **facts: Any) -> None:
        services.payouts.require_reversal(**facts)


@admin.register(PayoutAccount)
class PayoutAccountAdmin(EvidenceAdmin[PayoutAccount]):
    list_display = ("organisation", "stripe_id", "standing", "can_pay_out", "country", "asked_at")
    list_filter = ("can_receive", "can_pay_out", "closed")
    list_select_related = ("organisation",)
    search_fields = ("organisation__name", "stripe_id")


@admin.register(PayoutHold)
class PayoutHoldAdmin(RecordAdmin):
    form = HoldForm
    fields = ("organisation", "reason")
    raw_id_fields = ("organisation",)
    list_display = ("organisation", "reason", "placed_by", "placed_at", "released_by")
    list_filter = (("released_at", FilledFilter),)
    list_select_related = ("organisation", "placed_by", "released_by")
    search_fields = ("organisation__name",)
    verb = staticmethod(services.payouts.hold_payouts)
    actions = ("release",)

    def has_release_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("billing.change_payouthold")

    @admin.action(description="Release (payouts go out again)", permissions=["release"])
    def release(self, request: HttpRequest, rows: QuerySet[PayoutHold]) -> None:
        for hold in rows.select_related("organisation"):
            services.payouts.release_payouts(hold=hold, by=staff(request), at=now())


@admin.register(Maturity)
class MaturityAdmin(EvidenceAdmin[Maturity]):
    list_display = ("organisation", "currency", "amount_micro", "owed_micro", "upto")
    list_select_related = ("organisation",)
    search_fields = ("organisation__name",)
    date_hierarchy = "matured_at"


class PayoutLineInline(EvidenceInline[PayoutLine]):
    model = PayoutLine
    fields = ("maturity", "released_at")


@admin.register(Payout)
class PayoutAdmin(EvidenceAdmin[Payout]):
    list_display = (
        *("public_id", "organisation", "currency", "amount_micro", "state", "reversed_micro"),
        *("failure", "created_at"),
    )
    list_filter = ("state", "currency")
    list_select_related = ("organisation",)
    search_fields = ("public_id", "transfer_id", "organisation__name")
    date_hierarchy = "created_at"
    inlines = (PayoutLineInline,)


@admin.register(PayoutReversal)
class PayoutReversalAdmin(RecordAdmin):
    form = ReversalForm
    fields = ("payout", "reason")
    raw_id_fields = ("payout",)
    list_display = ("payout", "reason", "asked_by", "asked_at")
    list_select_related = ("payout", "asked_by")
    verb = staticmethod(services.payouts.reverse_payout)


@admin.register(BankPayout)
class BankPayoutAdmin(EvidenceAdmin[BankPayout]):
    list_display = ("stripe_id", "account", "amount_micro", "currency", "state", "failure")
    list_filter = ("state",)
    list_select_related = ("account__organisation",)
    search_fields = ("stripe_id", "account__organisation__name")
