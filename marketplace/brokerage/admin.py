from django.contrib import admin

from marketplace.core.evidence import EvidenceAdmin

from .models import Assignment, Lease, Reservation


class AssignmentInline(admin.TabularInline[Assignment, Reservation]):
    model = Assignment
    extra = 0
    can_delete = False
    fields = readonly_fields = ("machine", "generation", "observed", "started_at", "stopped_at")

    def has_add_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(Reservation)
class ReservationAdmin(EvidenceAdmin[Reservation]):
    """Reservations move by the broker's verbs, never by hand."""

    list_display = ("public_id", "renter", "offer", "gpu_count", "during", "state", "reason")
    list_filter = ("state",)
    list_select_related = ("renter", "offer__machine", "offer__chip")
    search_fields = ("public_id", "renter__name")
    date_hierarchy = "created_at"
    inlines = (AssignmentInline,)


@admin.register(Assignment)
class AssignmentAdmin(EvidenceAdmin[Assignment]):
    list_display = ("reservation", "machine", "generation", "observed", "started_at", "stopped_at")
    list_filter = ("observed",)
    list_select_related = ("reservation", "machine")


@admin.register(Lease)
class LeaseAdmin(EvidenceAdmin[Lease]):
    list_display = ("public_id", "gpu", "during", "state", "started_at", "ended_at")
    list_filter = ("state",)
    list_select_related = ("gpu",)
    search_fields = ("public_id", "gpu__uuid")
