"""The register of licences in the admin: one person enters, another approves, either revokes."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.widgets import AdminDateWidget, ForeignKeyRawIdWidget
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.timezone import now

from marketplace.core.evidence import EvidenceAdmin, EvidenceInline

from . import services
from .asking import page
from .licences import HOUR_US
from .models import Licence, LicenceAct, LicenceDraw, LicenceEvent
from .models.licences import CIVIL, LICENSABLE

Verb = Callable[..., Any]
TOLD = "It stays on record under your name, and earlier decisions no longer stand."


class LicenceForm(forms.ModelForm[Licence]):
    chip_classes = forms.MultipleChoiceField(
        choices=LICENSABLE, widget=forms.CheckboxSelectMultiple
    )
    end_uses = forms.MultipleChoiceField(choices=CIVIL, widget=forms.CheckboxSelectMultiple)
    site_countries = SimpleArrayField(
        forms.CharField(max_length=2), help_text="codes of two letters with commas between"
    )

    class Meta:
        model = Licence
        fields = (
            "party",
            "number",
            "authority",
            "eccn",
            "chip_classes",
            "site_countries",
            "end_uses",
            "valid_from",
            "valid_to",
            "gpu_hours",
            "gpus_at_once",
            "conditions",
            "evidence",
        )
        widgets = {  # noqa: RUF012  a declaration, as in admin.py
            "party": ForeignKeyRawIdWidget(
                Licence._meta.get_field("party").remote_field, admin.site
            ),
            "valid_from": AdminDateWidget(),
            "valid_to": AdminDateWidget(),
        }

    def clean_site_countries(self) -> list[str]:
        return [code.strip().upper() for code in self.cleaned_data["site_countries"]]


class ApproveForm(forms.Form):
    seen = forms.BooleanField(label="I have seen the document, and it says what is entered here")

    def said(self) -> dict[str, str]:
        return {}


class RevokeForm(forms.Form):
    reason = forms.CharField(max_length=500)

    def said(self) -> dict[str, str]:
        return {"reason": self.cleaned_data["reason"]}


Asked = type[ApproveForm] | type[RevokeForm]


class _Rows(EvidenceInline[Any]):
    ordering = ("pk",)


class EventInline(_Rows):
    model = LicenceEvent
    fields = readonly_fields = ("act", "reason", "actor_label", "at")


class DrawInline(_Rows):
    model = LicenceDraw
    fields = readonly_fields = ("rental", "gpus", "during", "gpu_us", "at", "returned")


class LicensingAdmin(EvidenceAdmin[Licence]):
    """Entering is the first approval; what is entered is never edited."""

    form = LicenceForm
    change_form_template = "admin/compliance/licence_form.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("compliance.add_licence")

    def get_inlines(
        self, request: HttpRequest, obj: Licence | None
    ) -> list[type[InlineModelAdmin[Any, Any]]]:
        return [EventInline, DrawInline] if obj else []

    def get_fields(self, request: HttpRequest, obj: Licence | None = None) -> tuple[str, ...]:
        entered = LicenceForm.Meta.fields
        kept = ("granted_to", "registered_by_label", "registered_at", "state", "left")
        return (*entered, *kept) if obj else entered

    def get_readonly_fields(
        self, request: HttpRequest, obj: Licence | None = None
    ) -> tuple[str, ...]:
        return self.get_fields(request, obj) if obj else ()

    def save_model(
        self, request: HttpRequest, obj: Licence, form: LicenceForm, change: bool
    ) -> None:
        facts = {name: form.cleaned_data[name] for name in LicenceForm.Meta.fields}
        obj.pk = services.register_licence(**facts, **who(request), at=now()).pk

    @admin.display
    def state(self, licence: Licence) -> str:
        acts = {event.act for event in licence.events.all()}
        if LicenceAct.REVOKED in acts:
            return "Revoked"
        if LicenceAct.APPROVED not in acts:
            return "Waits for a second person"
        return "In force" if licence.valid_to >= now().date() else "Over"

    @admin.display(description="GPU-hours left")
    def left(self, licence: Licence) -> str:
        return f"{licence.gpu_hours - services.drawn_gpu_us(licence=licence) / HOUR_US:,.2f}"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/approve/", wrap(self.approve), name="compliance_approve_licence"),
            path("<int:pk>/revoke/", wrap(self.revoke), name="compliance_revoke_licence"),
            *super().get_urls(),
        ]

    def approve(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._asked(request, pk, "approve", ApproveForm, services.approve_licence)

    def revoke(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._asked(request, pk, "revoke", RevokeForm, services.revoke_licence)

    def _asked(
        self,
        request: HttpRequest,
        pk: int,
        word: str,
        asked: type[ApproveForm | RevokeForm],
        verb: Verb,
    ) -> HttpResponse:
        """Show the form, or do what it says and go back to the licence."""
        if not request.user.has_perm(f"compliance.{word}_licence"):
            raise PermissionDenied
        licence = get_object_or_404(Licence, pk=pk)
        form, title = asked(request.POST or None), f"{word.capitalize()} {licence}"
        back = reverse("admin:compliance_licence_change", args=[pk])
        if request.method == "POST" and form.is_valid():
            try:
                verb(licence=licence, **form.said(), **who(request), at=now())
            except ValidationError as refused:
                form.add_error(None, refused.messages)
            else:
                self.message_user(request, f"{title}: done; earlier decisions no longer stand.")
                return redirect(back)
        return page(self, request, form, title=title, about=licence, back=back, told=TOLD)


def who(request: HttpRequest) -> dict[str, Any]:
    """The member of staff who acts, as the verbs take it; the admin lets nobody else in."""
    assert request.user.is_authenticated  # noqa: S101  the admin's own check
    return {"actor": request.user.public_id, "actor_label": request.user.get_username()}
