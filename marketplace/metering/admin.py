from django.contrib import admin

from marketplace.core.evidence import EvidenceAdmin

from .models import Segment, Usage


@admin.register(Segment)
class SegmentAdmin(EvidenceAdmin[Segment]):
    list_display = ("assignment", "seq", "start", "end", "mono_ms", "final", "quarantine")
    list_filter = ("final",)
    list_select_related = ("assignment__reservation", "assignment__machine")
    date_hierarchy = "received_at"


@admin.register(Usage)
class UsageAdmin(EvidenceAdmin[Usage]):
    list_display = ("lease", "during", "sealed_at")
    list_select_related = ("lease",)
    date_hierarchy = "sealed_at"
