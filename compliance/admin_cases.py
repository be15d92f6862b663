"""The officers' window: the queue, and one page per case from which every act is done."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from marketplace.core.evidence import EvidenceAdmin, KeptAdmin
from marketplace.core.showing import NOTHING, laid_out
from marketplace.core.states import IllegalMove, LostRace
from marketplace.core.worklist import time_left

from . import case_forms, services
from .models import (
    Case,
    CaseDeadline,
    CaseDecision,
    CaseDocument,
    CaseEvent,
    Clearing,
    ReviewClearance,
)
from .queue import QueueAdmin, risk_of, state_of
from .services.cases.officers import APPROVE, WORK, Officer
from .services.cases.opening import latest_decision
from .services.cases.reading import dossier, open_to
from .serving import download

#: act, what its button says, what is filled in
ACTS: dict[str, tuple[str, type[forms.Form]]] = {
    "assign": ("Assign to me", case_forms.NoForm),
    "note": ("Add the note", case_forms.TextForm),
    "document": ("Add the document", case_forms.DocumentForm),
    "request": ("Request information", case_forms.RequestForm),
    "escalate": ("Escalate", case_forms.TextForm),
    "propose": ("Propose the verdict", case_forms.ProposeForm),
    "approve": ("Approve", case_forms.ReasonForm),
    "reject": ("Reject", case_forms.ReasonForm),
    "close": ("Close", case_forms.TextForm),
}
VERBS: dict[str, Callable[..., object]] = {
    "assign": services.assign_case,
    "note": services.note_case,
    "document": services.add_document,
    "request": services.request_information,
    "escalate": services.escalate_case,
    "propose": services.propose_verdict,
    "approve": services.approve_verdict,
    "reject": services.reject_verdict,
    "close": services.close_case,
}
REFUSALS = (IllegalMove, LostRace, services.SignedAlready)


@admin.register(Case)
class CaseAdmin(QueueAdmin):
    """Decision support, not legal advice."""

    change_form_template = "admin/compliance/case.html"

    def has_view_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        mine = any(request.user.has_perm(permission) for permission in (WORK, APPROVE))
        return mine or super().has_view_permission(request, obj)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/act/<slug:act>/",
                wrap(require_POST(self.act)),
                name="compliance_case_act",
            ),
            path(
                "documents/<uuid:document>/",
                wrap(require_safe(self.document)),
                name="compliance_case_document",
            ),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        case = self.get_object(request, object_id)
        if case is not None and self.has_view_permission(request, case):
            extra_context = {
                **(extra_context or {}),
                "dossier": dossier(case),
                "acts": _acts(case, _officer(request)),
                "risk": risk_of(case),
                "state": state_of(case),
                "left": time_left(case.deadline, now()),
            }
        return super().change_view(request, object_id, form_url, extra_context)

    def act(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        """Do what the form says and go back to the case, with what stood against it."""
        case, by = get_object_or_404(Case, pk=pk), _officer(request)
        if act not in ACTS:
            raise PermissionDenied
        label, shape = ACTS[act]
        form = _form(act, shape, case, request)
        try:
            if not form.is_valid():
                raise ValidationError([text for texts in form.errors.values() for text in texts])
            VERBS[act](case=case, by=by, at=now(), **_given(form))
        except services.NotAnOfficer as refused:
            raise PermissionDenied(str(refused)) from refused
        except ValidationError as refused:
            self.message_user(request, " ".join(refused.messages), messages.ERROR)
        except REFUSALS as refused:
            self.message_user(request, f"Not possible now: {refused}.", messages.ERROR)
        else:
            self.message_user(request, f"{label}: done.")
        return redirect(reverse("admin:compliance_case_change", args=[pk]))

    def document(self, request: HttpRequest, document: UUID) -> HttpResponse:
        row = get_object_or_404(CaseDocument.objects.select_related("case"), public_id=document)
        if not self.has_view_permission(request, row.case):
            raise PermissionDenied
        return download(row)


def _officer(request: HttpRequest) -> Officer:
    if isinstance(request.user, AnonymousUser):
        raise PermissionDenied
    return request.user


def _acts(case: Case, by: Officer) -> list[tuple[str, str, forms.Form]]:
    """What can be done now: the act, what its button says, its empty form."""
    possible = open_to(case, by)
    return [
        (act, label, _form(act, shape, case))
        for act, (label, shape) in ACTS.items()
        if act in possible
    ]


def _form(
    act: str, shape: type[forms.Form], case: Case, request: HttpRequest | None = None
) -> forms.Form:
    """Several stand on one page, so each has ids of its own."""
    given, files = (request.POST, request.FILES) if request else (None, None)
    if issubclass(shape, case_forms.ProposeForm):
        return shape(given, files, auto_id=f"{act}-%s", decision=latest_decision(case))
    return shape(given, files, auto_id=f"{act}-%s")


def _given(form: forms.Form) -> dict[str, Any]:
    if isinstance(form, case_forms.ProposeForm):
        return form.proposal()
    if isinstance(form, case_forms.DocumentForm):
        upload = form.cleaned_data["document"]
        return {"name": upload.name, "content": upload.read()}
    return form.cleaned_data


@admin.register(CaseEvent)
class CaseEventAdmin(EvidenceAdmin[CaseEvent]):
    list_display = ("case", "kind", "at", "actor_label")
    list_filter = ("kind",)
    list_select_related = ("case__party",)
    search_fields = ("case__party__legal_name", "actor_label")
    date_hierarchy = "at"
    exclude = ("detail",)
    readonly_fields = ("recorded",)

    @admin.display(description="detail")
    def recorded(self, event: CaseEvent) -> str | SafeString:
        return laid_out(event.recorded) if event.detail else NOTHING


@admin.register(CaseDecision)
class CaseDecisionAdmin(EvidenceAdmin[CaseDecision]):
    list_display = ("case", "actor_label", "role", "verdict", "at")
    list_filter = ("verdict",)
    list_select_related = ("case__party",)


@admin.register(CaseDocument)
class CaseDocumentAdmin(EvidenceAdmin[CaseDocument]):
    list_display = ("name", "case", "media_type", "size", "uploaded_by", "uploaded_at")
    list_select_related = ("case__party",)
    exclude = ("content",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CaseDocument]:
        return super().get_queryset(request).defer("content")


@admin.register(CaseDeadline)
class CaseDeadlineAdmin(KeptAdmin[CaseDeadline]):
    """A row appears with the first case of its risk; it counts for what is opened from then on."""

    list_display = ("risk", "hours")
    readonly_fields = ("risk",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CaseDeadline | None = None) -> bool:
        return False


@admin.register(Clearing)
class ClearingAdmin(EvidenceAdmin[Clearing]):
    list_display = ("party", "subject", "source", "entry_uid", "granted_at", "expires_at")
    list_filter = ("source",)
    list_select_related = ("party",)
    search_fields = ("public_id", "party__legal_name", "entry_uid")


@admin.register(ReviewClearance)
class ReviewClearanceAdmin(EvidenceAdmin[ReviewClearance]):
    list_display = ("party", "rule_id", "rule_version", "chip", "site_country", "expires_at")
    list_select_related = ("party",)
    search_fields = ("public_id", "party__legal_name", "rule_id")
