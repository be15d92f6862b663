from typing import Any

from django.contrib import admin

from marketplace.core.evidence import EvidenceAdmin, EvidenceInline
from marketplace.core.filters import FilledFilter

from .models import (
    Assignment,
    Drift,
    Keeping,
    Lease,
    MachineFailure,
    MachineReport,
    Notice,
    Reliability,
    Reservation,
    Waiting,
    WindowChange,
)


class AssignmentInline(EvidenceInline[Assignment]):
    model = Assignment
    fields = ("machine", "generation", "observed", "started_at", "stopped_at", "workspace_bytes")


@admin.register(Reservation)
class ReservationAdmin(EvidenceAdmin[Reservation]):
    """Reservations move by the broker's verbs, never by hand."""

    list_display = ("public_id", "renter", "offer", "gpu_count", "during", "state", "reason")
    list_filter = ("state", "interruptible", "rolling")
    list_select_related = ("renter", "offer__machine", "offer__chip")
    search_fields = ("public_id", "renter__name")
    date_hierarchy = "created_at"
    inlines = (AssignmentInline,)


@admin.register(Assignment)
class AssignmentAdmin(EvidenceAdmin[Assignment]):
    list_display = ("reservation", "machine", "generation", "observed", "started_at", "stopped_at")
    list_filter = ("observed",)
    list_select_related = ("reservation", "machine")
    search_fields = ("reservation__public_id", "machine__name")
    exclude = ("endpoints",)  # with their tokens whoever reads them gets in as the renter does


@admin.register(Lease)
class LeaseAdmin(EvidenceAdmin[Lease]):
    list_display = ("public_id", "gpu", "during", "state", "started_at", "ended_at")
    list_filter = ("state",)
    list_select_related = ("gpu",)
    search_fields = ("public_id", "gpu__uuid")


@admin.register(WindowChange)
class WindowChangeAdmin(EvidenceAdmin[WindowChange]):
    list_display = ("reservation", "kind", "was_until", "until", "fee_micro", "by", "at")
    list_filter = ("kind",)
    list_select_related = ("reservation", "by")
    search_fields = ("reservation__public_id",)
    date_hierarchy = "at"


@admin.register(Keeping)
class KeepingAdmin(EvidenceAdmin[Keeping]):
    """Workspaces that outlive their rental; their renters and sweeps move them, never a hand."""

    list_display = ("reservation", "gib", "state", "outcome", "kept_from", "until", "due_micro")
    list_filter = ("state", "outcome")
    list_select_related = ("reservation",)
    search_fields = ("public_id", "reservation__public_id", "reservation__renter__name")
    date_hierarchy = "created_at"


@admin.register(Notice)
class NoticeAdmin(EvidenceAdmin[Notice]):
    list_display = ("reservation", "kind", "about", "noted_at")
    list_filter = ("kind",)
    list_select_related = ("reservation",)
    search_fields = ("reservation__public_id",)


@admin.register(MachineFailure)
class MachineFailureAdmin(EvidenceAdmin[MachineFailure]):
    """What a provider's machines did not do, as evidence."""

    list_display = ("machine", "kind", "reservation", "replaced_by", "at")
    list_filter = ("kind",)
    list_select_related = ("machine", "reservation", "replaced_by")
    search_fields = ("machine__name", "machine__site__operator__name")
    date_hierarchy = "at"


@admin.register(Reliability)
class ReliabilityAdmin(EvidenceAdmin[Reliability]):
    """Scores by the published formula, with what went into them."""

    list_display = ("machine", "day", "score_bps", "bookings", "kept", "days", "heard_bps")
    list_select_related = ("machine",)
    search_fields = ("machine__name", "machine__site__operator__name")
    date_hierarchy = "day"


@admin.register(Waiting)
class WaitingAdmin(EvidenceAdmin[Waiting]):
    """Who waits for what; turns come by the published discipline, never by hand."""

    list_display = ("renter", "chip", "gpu_count", "state", "created_at", "latest", "reason")
    list_filter = ("state", "chip")
    list_select_related = ("renter", "chip")
    search_fields = ("public_id", "renter__name")


@admin.register(MachineReport)
class MachineReportAdmin(EvidenceAdmin[MachineReport]):
    """What each machine last said that it runs."""

    list_display = ("machine", "heard_at", "compared_at")
    list_select_related = ("machine",)
    search_fields = ("machine__name", "machine__site__operator__name")


class MendingFilter(FilledFilter):
    """What nothing mends waits for people."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "mends itself"


@admin.register(Drift)
class DriftAdmin(EvidenceAdmin[Drift]):
    """Where rows and machines differ. A finding is mended where its cause is, never here."""

    list_display = (
        "kind",
        "machine",
        "ought",
        "found",
        "mended_by",
        "since",
        "sure_at",
        "healed_at",
    )
    list_filter = (
        "kind",
        ("sure_at", FilledFilter),
        ("healed_at", FilledFilter),
        ("mended_by", MendingFilter),
    )
    list_select_related = ("machine",)
    search_fields = ("subject", "machine__name", "reservation__public_id")
    date_hierarchy = "since"
