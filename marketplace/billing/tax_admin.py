"""Windows on what Stripe reckoned as tax, and on which papers it has on file."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.timezone import now

from marketplace.accounts.trail import staff, trail
from marketplace.core.evidence import EvidenceAdmin
from marketplace.core.showing import NOTHING

from . import services
from .models import StripeCommand, TaxCalculation, TaxFiling
from .states import CommandState


@admin.register(TaxCalculation)
class TaxCalculationAdmin(EvidenceAdmin[TaxCalculation]):
    list_display = (
        *("calculation_id", "organisation", "base_micro", "tax_micro", "currency"),
        *("taken", "calculated_at"),
    )
    list_select_related = ("organisation", "invoice")
    search_fields = ("calculation_id", "organisation__name")
    date_hierarchy = "calculated_at"

    @admin.display(description="invoice", empty_value="overtaken")
    def taken(self, row: TaxCalculation) -> str | None:
        invoice = getattr(row, "invoice", None)
        return invoice and invoice.code


class NamingForm(ActionForm):
    """Beside the choice of what to do: how Stripe calls a paper that staff found there."""

    name = forms.CharField(max_length=64, required=False, label="Stripe's name, such as tax_1Abc:")


@admin.register(TaxFiling)
class TaxFilingAdmin(EvidenceAdmin[TaxFiling]):
    list_display = ("number", "transaction_id", "filed_at", "state", "error")
    list_filter = (("filed_at", admin.EmptyFieldListFilter),)
    list_select_related = ("invoice", "credit_note")
    search_fields = ("transaction_id", "invoice__number", "credit_note__number")
    action_form = NamingForm
    actions = ("file_again", "take_name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TaxFiling]:
        last = StripeCommand.objects.filter(tax_filing=OuterRef("pk")).order_by("-pk")
        return (
            super()
            .get_queryset(request)
            .annotate(
                last_state=Subquery(last.values("state")[:1]),
                last_error=Subquery(last.values("error")[:1]),
            )
        )

    @admin.display(description="paper")
    def number(self, row: TaxFiling) -> str:
        return str(row.paper)

    @admin.display(description="filing", ordering="last_state")
    def state(self, row: TaxFiling) -> str:
        last = getattr(row, "last_state")  # noqa: B009
        return str(CommandState(last).label) if last else NOTHING

    @admin.display(description="error")
    def error(self, row: TaxFiling) -> str:
        return getattr(row, "last_error") or NOTHING  # noqa: B009

    def has_file_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("billing.change_stripecommand")

    @admin.action(
        description="Stripe has it under the name given here: take that, if it is the same",
        permissions=["file"],
    )
    def take_name(self, request: HttpRequest, rows: QuerySet[TaxFiling]) -> None:
        filing, *more = rows
        if more:
            self.message_user(request, "Choose one paper: a name is that of one", messages.ERROR)
            return
        name, by = request.POST.get("name", "").strip(), staff(request)
        try:
            services.name_filing(filing=filing, transaction_id=name, by=by, at=now())
        except (services.NotStuck, services.NotAsFiled) as reason:
            self.message_user(request, str(reason), messages.ERROR)
        except services.StripeSilent as reason:
            self.message_user(request, f"{filing}: {reason}; try later", messages.ERROR)

    @admin.action(description="What Stripe refused is mended: file again", permissions=["file"])
    def file_again(self, request: HttpRequest, rows: QuerySet[TaxFiling]) -> None:
        for row in rows:
            try:
                services.file_again(filing=row, at=now())
            except services.NotStuck as reason:
                self.message_user(request, str(reason), messages.ERROR)
            else:
                trail(verb="filed again with Stripe", subject=row, by=staff(request), at=now())
