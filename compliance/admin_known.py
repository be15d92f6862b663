"""What parties gave of themselves: staff read it, nobody edits it."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from marketplace.core.evidence import EvidenceAdmin

from .models import PartyContact, PartyDocument, PartyEvidence
from .services.cases.officers import APPROVE, WORK
from .serving import download


@admin.register(PartyDocument)
class PartyDocumentAdmin(EvidenceAdmin[PartyDocument]):
    list_display = (
        "name",
        "party",
        "kind",
        "size",
        "by_party",
        "uploaded_by",
        "uploaded_at",
        "file",
    )
    list_filter = ("kind", "by_party")
    list_select_related = ("party",)
    search_fields = ("party__legal_name", "name", "sha256")
    exclude = ("content",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PartyDocument]:
        return super().get_queryset(request).defer("content")

    @admin.display(description="file")
    def file(self, row: PartyDocument) -> str:
        return format_html(
            '<a href="{}">Download</a>', reverse("admin:party-document", args=[row.public_id])
        )

    def get_urls(self) -> list[URLPattern]:
        mine = path(
            "<uuid:document>/download/",
            self.admin_site.admin_view(self.download),
            name="party-document",
        )
        return [mine, *super().get_urls()]

    def download(self, request: HttpRequest, document: UUID) -> HttpResponse:
        """For whoever may read papers, and for officers, who decide cases on them."""
        row: Any = get_object_or_404(PartyDocument, public_id=document)
        officer = any(request.user.has_perm(permission) for permission in (WORK, APPROVE))
        if not officer and not self.has_view_permission(request, row):
            return HttpResponse(status=403)
        return download(row)


@admin.register(PartyEvidence)
class PartyEvidenceAdmin(EvidenceAdmin[PartyEvidence]):
    list_display = ("document", "fact", "declared", "filed_by", "filed_at")
    list_filter = ("fact",)
    list_select_related = ("document",)
    search_fields = ("document__party__legal_name", "declared")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PartyEvidence]:
        return super().get_queryset(request).defer("document__content")


@admin.register(PartyContact)
class PartyContactAdmin(EvidenceAdmin[PartyContact]):
    list_display = ("name", "party", "position", "email", "phone", "since", "until")
    list_select_related = ("party",)
    search_fields = ("party__legal_name", "name", "email")
