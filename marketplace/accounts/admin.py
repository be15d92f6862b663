from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as BaseGroupAdmin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from marketplace.core.evidence import EvidenceAdmin, KeptAdmin

from .models import AccessSighting, ApiKey, Invitation, Membership, Organisation, User

# allauth's own windows: what they hold is secret, or a copy of what stands at the person
for _model in (Authenticator, EmailAddress):
    admin.site.unregister(_model)


@admin.register(User)
class UserAdmin(KeptAdmin[User], BaseUserAdmin):  # type: ignore[type-arg]  # not generic at run time
    ordering = ("email",)
    list_display = ("email", "name", "is_staff", "is_active", "last_login")
    search_fields = ("email", "name")
    readonly_fields = ("public_id", "created_at", "last_login", "confirmed_email")
    fieldsets = (
        (
            None,
            {"fields": ("email", "confirmed_email", "password", "name", "public_id", "created_at")},
        ),
        (
            "Rights",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email", "name", "password1", "password2")}),
    )

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool
    ) -> None:
        """New passwords no longer go to an address that was changed."""
        super().save_model(request, obj, form, change)
        EmailAddress.objects.filter(user=obj).exclude(email=obj.email).delete()


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(KeptAdmin[Group], BaseGroupAdmin):
    """What a group of staff holds is as much a right as what a person holds."""


class MembershipInline(admin.StackedInline[Membership, Organisation]):
    model = Membership
    extra = 0
    raw_id_fields = ("user",)
    fields = ("user", "role")


@admin.register(Organisation)
class OrganisationAdmin(KeptAdmin[Organisation]):
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
class MembershipAdmin(KeptAdmin[Membership]):
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
