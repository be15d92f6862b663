from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.http import HttpRequest

from marketplace.core.evidence import EvidenceAdmin

from .models import AccessSighting, ApiKey, Invitation, Membership, Organisation, User


@admin.register(User)
class UserAdmin(BaseUserAdmin):  # type: ignore[type-arg]  # not generic at run time
    ordering = ("email",)
    list_display = ("email", "name", "is_staff", "is_active", "last_login")
    search_fields = ("email", "name")
    readonly_fields = ("public_id", "created_at", "last_login")
    fieldsets = (
        (None, {"fields": ("email", "password", "name", "public_id", "created_at")}),
        (
            "Rights",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email", "name", "password1", "password2")}),
    )


class MembershipInline(admin.TabularInline[Membership, Organisation]):
    model = Membership
    extra = 0
    raw_id_fields = ("user",)
    fields = ("user", "role")


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin[Organisation]):
    list_display = ("name", "party", "can_rent", "can_provide", "created_at")
    list_filter = ("can_rent", "can_provide")
    list_select_related = ("party",)
    search_fields = ("name", "party__legal_name", "public_id")
    readonly_fields = ("public_id", "created_at", "party", "stripe_customer")
    inlines = (MembershipInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # an organisation comes with its party, by signing up

    def has_delete_permission(self, request: HttpRequest, obj: Organisation | None = None) -> bool:
        return False


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin[Membership]):
    list_display = ("user", "organisation", "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("user", "organisation")
    search_fields = ("user__email", "organisation__name")
    raw_id_fields = ("user", "organisation")
    readonly_fields = ("public_id", "created_at")


@admin.register(ApiKey)
class ApiKeyAdmin(EvidenceAdmin[ApiKey]):
    """Keys are made and ended by their organisation."""

    list_display = ("name", "prefix", "organisation", "created_by", "expires_at", "revoked_at")
    list_select_related = ("organisation", "created_by")
    search_fields = ("name", "prefix", "organisation__name")
    exclude = ("secret_sha256",)


@admin.register(Invitation)
class InvitationAdmin(EvidenceAdmin[Invitation]):
    """Made and withdrawn by an owner of the organisation."""

    list_display = ("email", "role", "organisation", "expires_at", "accepted_at", "withdrawn_at")
    list_select_related = ("organisation",)
    search_fields = ("email", "organisation__name")
    exclude = ("secret_sha256",)


@admin.register(AccessSighting)
class AccessSightingAdmin(EvidenceAdmin[AccessSighting]):
    """An empty country or network is unknown: no database file for it is configured."""

    list_display = ("organisation", "day", "prefix", "country", "network", "last_seen")
    list_filter = ("network", "country")
    list_select_related = ("organisation",)
    search_fields = ("organisation__name", "prefix")
    date_hierarchy = "day"
