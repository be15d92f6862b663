from django.contrib import admin

from marketplace.core.evidence import EvidenceAdmin

from .models import Gpu, Machine, Offer, Site


@admin.register(Site)
class SiteAdmin(admin.ModelAdmin[Site]):
    list_display = ("name", "operator", "country", "city")
    list_filter = ("country",)
    list_select_related = ("operator",)
    search_fields = ("name", "operator__name")
    readonly_fields = ("public_id", "created_at")


@admin.register(Machine)
class MachineAdmin(admin.ModelAdmin[Machine]):
    list_display = ("name", "site", "state", "simulated", "driver_version", "inventory_at")
    list_filter = ("state", "simulated")
    list_select_related = ("site",)
    search_fields = ("name", "public_id")
    readonly_fields = (
        "public_id",
        "created_at",
        "state",
        "simulated",
        "driver_version",
        "cuda_version",
        "inventory_hash",
        "inventory_at",
    )


@admin.register(Gpu)
class GpuAdmin(EvidenceAdmin[Gpu]):
    """As reported by the agents, so nobody types it in."""

    list_display = ("uuid", "nvml_name", "chip", "machine", "index", "present")
    list_filter = ("present", "chip")
    list_select_related = ("machine", "chip")
    search_fields = ("uuid", "nvml_name")


@admin.register(Offer)
class OfferAdmin(EvidenceAdmin[Offer]):
    """Frozen terms: a new price is a new offer, made by its provider."""

    list_display = ("chip", "machine", "price_micro_per_gpu_hour", "currency", "state")
    list_filter = ("state", "chip")
    list_select_related = ("machine", "chip")
