from django.contrib import admin

from marketplace.core.evidence import EvidenceAdmin

from .models import Choice, Letter, Notice, Seen


@admin.register(Notice)
class NoticeAdmin(EvidenceAdmin[Notice]):
    list_display = ("at", "organisation", "kind", "spread_at", "passed_on_at")
    list_filter = ("kind",)
    list_select_related = ("organisation",)
    search_fields = ("organisation__name", "key")
    # amounts among them, which not everybody who looks here may see
    exclude = ("facts",)


@admin.register(Letter)
class LetterAdmin(EvidenceAdmin[Letter]):
    list_display = ("created_at", "to", "subject", "notice", "tries", "sent_at", "given_up_at")
    list_filter = ("sent_at", "given_up_at")
    list_select_related = ("notice",)
    search_fields = ("to", "subject")
    # sealed, and of no use to staff
    exclude = ("sealed", "claim")


@admin.register(Choice)
class ChoiceAdmin(EvidenceAdmin[Choice]):
    list_display = ("person", "kind", "by_email", "by_page")
    list_select_related = ("person",)


@admin.register(Seen)
class SeenAdmin(EvidenceAdmin[Seen]):
    list_display = ("person", "notice", "at")
    list_select_related = ("person", "notice")
