"""Windows on what machines have shown of themselves."""

from types import MappingProxyType
from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db.models import URLField
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.timezone import now

from marketplace.accounts.trail import staff, trail
from marketplace.catalog.models import (
    BoardClaim,
    Calibration,
    Challenge,
    ChallengeAnswer,
    DeviceKey,
    HardwareFacts,
    Probe,
    Trust,
    TrustEvidence,
)
from marketplace.core.evidence import EvidenceAdmin, TellingAdmin
from marketplace.core.showing import NOTHING, length

from .doubts import DoubtsAdmin


@admin.register(HardwareFacts)
class HardwareFactsAdmin(EvidenceAdmin[HardwareFacts]):
    """What machines said of their hardware, as it came."""

    list_display = ("machine", "reported_at", "driver_version", "nvml_sha256")
    list_select_related = ("machine",)
    search_fields = ("machine__name", "driver_version", "nvml_sha256")


@admin.register(TrustEvidence)
class TrustEvidenceAdmin(EvidenceAdmin[TrustEvidence]):
    """Each look at a machine, and what it found."""

    list_display = ("machine", "kind", "passed", "tier", "at", "expires_at")
    list_filter = ("kind", "passed", "tier")
    list_select_related = ("machine",)
    search_fields = ("machine__name",)
    raw_id_fields = ("machine", "facts")


@admin.register(Calibration)
class CalibrationAdmin(EvidenceAdmin[Calibration]):
    """How long a card is given; made from measured answers in the list of machines."""

    list_display = ("card", "n", "k", "median_ms", "samples", "machine", "measured_at", "by")
    list_select_related = ("machine", "by")
    search_fields = ("card",)


@admin.register(Challenge)
class ChallengeAdmin(EvidenceAdmin[Challenge]):
    """What was asked of machines, and what came of it."""

    list_display = ("machine", "state", "reason", "asked_at", "took", "within_ms", "finding")
    list_filter = ("state", "reason", "calibrated")
    list_select_related = ("machine",)
    search_fields = ("machine__name", "public_id")

    @admin.display(description="took", empty_value=NOTHING)
    def took(self, row: Challenge) -> str | None:
        return None if row.elapsed_ms is None else length(row.elapsed_ms)


@admin.register(Probe)
class ProbeAdmin(TellingAdmin[Probe]):
    """Where we measure from; what was measured keeps the probe's row."""

    list_display = ("name", "url", "latitude", "longitude", "active")
    readonly_fields = ("public_id", "created_at")
    #: where the process of a probe is told the same
    settings = MappingProxyType({"name": "PROBE", "url": "PUBLIC_URL"})

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, URLField):
            kwargs |= {"assume_scheme": "https", "widget": AdminTextInputWidget()}
        if db_field.name in self.settings:
            kwargs["help_text"] = f"as the setting {self.settings[db_field.name]} says there"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Probe | None = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Probe, form: ModelForm[Probe], change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        where = f"{obj.latitude} {obj.longitude}"
        verb = "changed probe" if change else "added probe"
        trail(verb=verb, subject=obj, by=staff(request), at=now(), where=where, url=obj.url)


@admin.register(Trust)
class TrustAdmin(DoubtsAdmin):
    """Where machines stand by their newest evidence."""


@admin.register(BoardClaim)
class BoardClaimAdmin(EvidenceAdmin[BoardClaim]):
    """Which board is on which machine; freed in the list of machines."""

    list_display = ("serial", "machine", "claimed_at")
    list_select_related = ("machine",)
    search_fields = ("serial", "machine__name")


@admin.register(ChallengeAnswer)
class ChallengeAnswerAdmin(EvidenceAdmin[ChallengeAnswer]):
    """What each GPU committed to."""

    list_display = ("uuid", "challenge", "device", "root")
    list_select_related = ("challenge__machine",)
    search_fields = ("uuid", "challenge__public_id")
    exclude = ("leaves",)


@admin.register(DeviceKey)
class DeviceKeyAdmin(EvidenceAdmin[DeviceKey]):
    """Which key signs for which GPU."""

    list_display = ("gpu_uuid", "fingerprint", "machine", "first_seen_at")
    list_select_related = ("machine",)
    search_fields = ("gpu_uuid", "fingerprint")
