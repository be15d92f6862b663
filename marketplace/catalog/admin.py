from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import now

from marketplace.accounts.models import Organisation
from marketplace.accounts.trail import staff
from marketplace.core.evidence import EvidenceAdmin, KeptAdmin
from marketplace.core.showing import NOTHING, share

from . import services
from .fees import BadSteps, check_steps
from .health import services as health
from .models import (
    CancellationSchedule,
    Gpu,
    GpuEvent,
    HealthChange,
    Machine,
    MachineReading,
    Offer,
    Site,
    Telemetry,
)
from .trust import admin as _windows  # noqa: F401  registers them
from .trust import services as trust


def _changed(request: HttpRequest) -> int | None:
    """The key of the row whose page it is."""
    key = request.resolver_match.kwargs.get("object_id", "") if request.resolver_match else ""
    return int(key) if key.isdecimal() else None


@admin.register(Site)
class SiteAdmin(KeptAdmin[Site]):
    list_display = ("name", "operator", "country", "city")
    list_filter = ("country",)
    list_select_related = ("operator",)
    search_fields = ("name", "operator__name")
    readonly_fields = ("public_id", "created_at")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **facts: Any) -> Any:
        """Its operator earned what its machines were leased for: another one adds another site."""
        of = _changed(request)
        if db_field.name == "operator" and of and Machine.objects.filter(site=of).exists():
            facts["queryset"] = Organisation.objects.filter(sites=of)
        return super().formfield_for_foreignkey(db_field, request, **facts)


@admin.register(Machine)
class MachineAdmin(KeptAdmin[Machine]):
    list_display = ("name", "site", "state", "simulated", "driver_version", "inventory_at")
    list_filter = ("state", "simulated")
    list_select_related = ("site",)
    search_fields = ("name", "public_id")
    readonly_fields = (
        "public_id",
        "created_at",
        "state",
        "simulated",
        "draining",
        "upkeep",
        "reliability_bps",
        "driver_version",
        "cuda_version",
        "inventory_hash",
        "inventory_at",
    )
    actions = ("suspend", "lift", "release", "calibrate")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **facts: Any) -> Any:
        """Of a machine that is there, sites of its operator: what it was leased for was earned."""
        of = _changed(request)
        if db_field.name == "site" and of:
            facts["queryset"] = Site.objects.filter(operator__sites__machines=of).distinct()
        return super().formfield_for_foreignkey(db_field, request, **facts)

    @admin.action(description="Suspend selected machines", permissions=["change"])
    def suspend(self, request: HttpRequest, rows: QuerySet[Machine]) -> None:
        by, at = staff(request), now()
        reason = "our staff took it off the market"
        done = [trust.suspend(machine=row, reason=reason, by=by, at=at) for row in rows]
        self.message_user(request, f"{sum(done)} of {len(done)} are suspended now.")

    @admin.action(description="Let suspended machines back", permissions=["change"])
    def lift(self, request: HttpRequest, rows: QuerySet[Machine]) -> None:
        by, at = staff(request), now()
        done = [trust.lift(machine=row, by=by, at=at) for row in rows]
        self.message_user(request, f"{sum(done)} of {len(done)} were suspended and are let back.")

    @admin.action(description="Free GPUs of machines that are not online", permissions=["change"])
    def release(self, request: HttpRequest, rows: QuerySet[Machine]) -> None:
        by, at = staff(request), now()
        freed = sum(trust.release(machine=row, by=by, at=at) for row in rows)
        self.message_user(request, f"{freed} GPUs are free to be reported by another machine.")

    @admin.action(
        description="Let the answers of selected machines set the time for their card",
        permissions=["calibrate"],
    )
    def calibrate(self, request: HttpRequest, rows: QuerySet[Machine]) -> None:
        for row in rows:
            try:
                made = trust.calibrate(machine=row, by=staff(request), at=now())
            except trust.NotMeasured as error:
                self.message_user(request, f"{row}: {error}.", messages.ERROR)
            else:
                self.message_user(request, f"{made}, the median of {made.samples} answers.")

    def has_calibrate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("catalog.add_calibration")


@admin.register(Gpu)
class GpuAdmin(EvidenceAdmin[Gpu]):
    """As reported by the agents, so nobody types it in; staff may put a replaced one back."""

    list_display = ("uuid", "nvml_name", "chip", "machine", "index", "present", "health", "fault")
    list_filter = ("present", "health", "chip")
    list_select_related = ("machine", "chip")
    search_fields = ("uuid", "nvml_name")
    actions = ("put_back",)

    def has_put_back_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("catalog.change_gpu")

    @admin.action(description="Put selected GPUs back on the market", permissions=["put_back"])
    def put_back(self, request: HttpRequest, gpus: QuerySet[Gpu]) -> None:
        by, at = staff(request), now()
        for gpu in gpus:
            try:
                health.put_back(gpu=gpu, by=by, at=at, as_staff=True)
            except health.NotMended as error:
                self.message_user(request, f"{gpu.uuid}: {error}.", messages.ERROR)
            else:
                self.message_user(request, f"{gpu.uuid} is back on the market.")


@admin.register(GpuEvent)
class GpuEventAdmin(EvidenceAdmin[GpuEvent]):
    list_display = ("at", "xid", "uuid", "machine", "received_at")
    list_filter = ("xid",)
    list_select_related = ("machine",)
    search_fields = ("uuid", "machine__name")


@admin.register(HealthChange)
class HealthChangeAdmin(EvidenceAdmin[HealthChange]):
    list_display = ("found_at", "gpu", "was", "became", "rule", "since", "by")
    list_filter = ("became", "rule")
    list_select_related = ("gpu",)
    search_fields = ("gpu__uuid",)


@admin.register(MachineReading)
class MachineReadingAdmin(EvidenceAdmin[MachineReading]):
    list_display = ("machine", "read_at")
    list_select_related = ("machine",)
    search_fields = ("machine__name",)


@admin.register(Telemetry)
class TelemetryAdmin(EvidenceAdmin[Telemetry]):
    list_display = ("machine", "start", "end")
    list_select_related = ("machine",)
    search_fields = ("machine__name",)


@admin.register(Offer)
class OfferAdmin(EvidenceAdmin[Offer]):
    """Frozen terms: a new price is a new offer, made by its provider."""

    list_display = ("chip", "machine", "price_micro_per_gpu_hour", "state")
    list_filter = ("state", "chip")
    list_select_related = ("machine", "chip")
    search_fields = ("public_id", "machine__name")


STEPS_HELP = (
    "Pairs, from the nearest: hours ahead, and what is due of the time up to then in 1/10,000 of"
    " its price. [[24, 1000], [72, 500]] is a tenth of the next 24 hours and a twentieth of the 48"
    " hours after."
)


class ScheduleForm(forms.ModelForm[CancellationSchedule]):
    """Steps are checked as the service checks them; it holds from now on."""

    class Meta:
        model = CancellationSchedule
        fields = ("code", "title", "steps")

    def clean_steps(self) -> list[list[int]]:
        steps = self.cleaned_data["steps"]
        try:
            check_steps(steps)
        except (BadSteps, TypeError) as error:
            raise ValidationError(f"These are no steps: {error}.") from error
        return list(steps)


@admin.register(CancellationSchedule)
class CancellationScheduleAdmin(EvidenceAdmin[CancellationSchedule]):
    """Published for good: another one is a later row of the same code."""

    form = ScheduleForm
    list_display = ("code", "title", "since", "dues")
    list_filter = ("code",)
    readonly_fields = ("dues",)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "steps":
            kwargs["help_text"] = STEPS_HELP
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_fields(self, request: HttpRequest, obj: CancellationSchedule | None = None) -> Any:
        return ("code", "title", "since", "dues") if obj else ScheduleForm.Meta.fields

    @admin.display(description="steps")
    def dues(self, row: CancellationSchedule) -> str:
        told = [f"{share(due)} of what lies up to {hours} h ahead" for hours, due in row.steps]
        return "; ".join(told) or NOTHING

    def has_add_permission(self, request: HttpRequest) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def save_model(
        self, request: HttpRequest, obj: CancellationSchedule, form: Any, change: bool
    ) -> None:
        at = now()
        made = services.publish_schedule(**form.cleaned_data, since=at, at=at, by=staff(request))
        obj.pk = made.pk
