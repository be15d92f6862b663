from django.contrib import admin

from .evidence import EvidenceAdmin
from .models import AuditEvent


@admin.register(AuditEvent)
class AuditEventAdmin(EvidenceAdmin[AuditEvent]):
    list_display = ("at", "actor_label", "verb", "subject")
    list_filter = ("verb",)
    search_fields = ("actor_label", "subject")
    date_hierarchy = "at"
