from django.contrib import admin

from marketplace.core.evidence import EvidenceAdmin

from .models import Attempt, Delivery, Endpoint


@admin.register(Endpoint)
class EndpointAdmin(EvidenceAdmin[Endpoint]):
    list_display = ("created_at", "organisation", "note", "state", "removed_at")
    list_select_related = ("organisation",)
    search_fields = ("organisation__name",)
    # sealed; and an address may hold a token
    exclude = ("secret", "old_secret", "url")


@admin.register(Delivery)
class DeliveryAdmin(EvidenceAdmin[Delivery]):
    list_display = ("created_at", "endpoint", "kind", "state", "tries", "next_at")
    list_filter = ("state", "kind")
    list_select_related = ("endpoint",)
    exclude = ("body", "claim")


@admin.register(Attempt)
class AttemptAdmin(EvidenceAdmin[Attempt]):
    list_display = ("at", "delivery", "status", "error", "took_ms")
    list_select_related = ("delivery",)
    exclude = ("claim",)
