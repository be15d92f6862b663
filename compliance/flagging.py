"""Staff raise and close red flags and take end-use statements back: one form each, one verb."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.timezone import now

from marketplace.core.evidence import EvidenceAdmin, TellingAdmin
from marketplace.core.showing import NOTHING, choice
from marketplace.core.times import moment
from marketplace.core.worklist import pill

from . import services
from .asking import page
from .models import EndUseStatement, Party, RedFlag, RedFlagKind
from .services.statements import REMIND_BEFORE

TOLD = "It stays on record under your name, and earlier decisions about the party no longer stand."


class RaiseForm(forms.Form):
    kind = forms.ModelChoiceField(RedFlagKind.objects.order_by("pk"))
    text = forms.CharField(
        max_length=4000,
        widget=forms.Textarea,
        label="Evidence",
        help_text="what was seen, when, and where it can be looked up",
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=4000, widget=forms.Textarea)


def asked(
    window: admin.ModelAdmin[Any],
    request: HttpRequest,
    form: forms.Form,
    verb: Callable[..., object],
    *,
    title: str,
    about: Model,
    back: str,
) -> HttpResponse:
    """Show the form, or do what it says and go back to where it was asked for."""
    if request.method == "POST" and form.is_valid():
        try:
            verb(**form.cleaned_data, by=request.user.get_username(), at=now())
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            window.message_user(request, f"{title}: done; earlier decisions no longer stand.")
            return redirect(back)
    return page(window, request, form, title=title, about=about, back=back, told=TOLD)


class Closed(admin.SimpleListFilter):
    title = "closed"
    parameter_name = "closed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "Open"), ("yes", "Closed")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(closed__isnull=self.value() == "no") if self.value() else rows


@admin.register(RedFlag)
class RedFlagAdmin(EvidenceAdmin[RedFlag]):
    """Raised by sweeps, or by staff from the party's page. Decision support, not legal advice."""

    list_display = ("kind", "party", "weight", "text", "raised_by", "raised_at", "state")
    list_filter = (Closed, "kind__weight", "kind")
    list_select_related = ("kind", "party", "closed")
    search_fields = ("party__legal_name", "text")
    date_hierarchy = "raised_at"
    change_form_template = "admin/compliance/flag_form.html"

    @admin.display(ordering="kind__weight")
    def weight(self, row: RedFlag) -> str:
        return choice(row.kind.get_weight_display())

    @admin.display
    def state(self, row: RedFlag) -> SafeString:
        return pill("warn", "warn", "Open") if row.is_open else pill("idle", "ok", "Closed")

    def get_urls(self) -> list[URLPattern]:
        close = self.admin_site.admin_view(self.close)
        return [
            path("<int:pk>/close/", close, name="compliance_close_flag"),
            *super().get_urls(),
        ]

    def close(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("compliance.add_redflagclosed"):
            raise PermissionDenied
        flag = get_object_or_404(RedFlag.objects.select_related("party", "kind"), pk=pk)
        return asked(
            self,
            request,
            ReasonForm(request.POST or None),
            partial(services.close_flag, flag=flag),
            title=f"Close: {flag}",
            about=flag,
            back=reverse("admin:compliance_redflag_change", args=[pk]),
        )


class Standing(admin.SimpleListFilter):
    """Which statements count, and which soon will not."""

    title = "standing"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("soon", f"Expires within {REMIND_BEFORE.days} days"), ("over", "Expired")]

    def queryset(
        self, request: HttpRequest, rows: QuerySet[EndUseStatement]
    ) -> QuerySet[EndUseStatement]:
        at = now()
        if self.value() == "soon":
            soon = EndUseStatement.objects.expiring(at=at, before=at + REMIND_BEFORE)
            return rows.filter(pk__in=soon.values("pk"))
        return rows.filter(expires_at__lte=at) if self.value() == "over" else rows


@admin.register(EndUseStatement)
class EndUseStatementAdmin(EvidenceAdmin[EndUseStatement]):
    """Signed by renters; staff may take one back."""

    list_display = ("party", "end_use", "signed_name", "signed_at", "expires_at", "withdrawn_at")
    list_filter = (Standing, "end_use")
    list_select_related = ("party", "withdrawn")
    search_fields = ("party__legal_name", "signed_name")
    exclude = ("idempotency_key", "request_sha256")
    change_form_template = "admin/compliance/statement_form.html"

    @admin.display(empty_value=NOTHING)
    def withdrawn_at(self, row: EndUseStatement) -> SafeString | None:
        return moment(row.withdrawn.withdrawn_at) if row.is_withdrawn else None

    def get_urls(self) -> list[URLPattern]:
        withdraw = self.admin_site.admin_view(self.withdraw)
        return [
            path("<int:pk>/withdraw/", withdraw, name="compliance_withdraw_statement"),
            *super().get_urls(),
        ]

    def withdraw(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("compliance.add_endusestatementwithdrawn"):
            raise PermissionDenied
        row = get_object_or_404(EndUseStatement.objects.select_related("party"), pk=pk)
        return asked(
            self,
            request,
            ReasonForm(request.POST or None),
            partial(services.withdraw_end_use, statement=row),
            title=f"Withdraw: {row}",
            about=row,
            back=reverse("admin:compliance_endusestatement_change", args=[pk]),
        )


class FlaggingAdmin(TellingAdmin[Party]):
    """The part of the party's window in which a red flag is raised."""

    def get_urls(self) -> list[URLPattern]:
        wrapped = self.admin_site.admin_view(self.raise_flag)
        return [
            path("<int:pk>/raise-flag/", wrapped, name="compliance_raise_flag"),
            *super().get_urls(),
        ]

    def raise_flag(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("compliance.add_redflag"):
            raise PermissionDenied
        party = get_object_or_404(Party, pk=pk)
        return asked(
            self,
            request,
            RaiseForm(request.POST or None),
            partial(services.raise_flag, party=party),
            title=f"Raise a red flag on {party}",
            about=party,
            back=reverse("admin:compliance_party_change", args=[pk]),
        )
