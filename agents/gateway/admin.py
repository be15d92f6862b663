from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelChoiceField, ModelForm
from django.http import HttpRequest
from django.utils.timezone import now

from marketplace.accounts.trail import staff
from marketplace.catalog.models import Machine
from marketplace.catalog.states import MachineState
from marketplace.core.evidence import EvidenceAdmin, EvidenceInline

from . import services
from .models import EnrolmentToken, GrantRefusal, MachineWish, Node, NodeBoot, NodeKey


@admin.register(EnrolmentToken)
class EnrolmentTokenAdmin(EvidenceAdmin[EnrolmentToken]):
    """Issued here, the secret is shown once; then a token can only be looked at and revoked."""

    list_display = ("public_id", "machine", "issued_by", "expires_at", "used_at", "revoked_at")
    list_select_related = ("machine", "issued_by")
    search_fields = ("public_id", "machine__name")
    exclude = ("token_sha256", "used_by_key")
    actions = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: EnrolmentToken | None = None) -> Any:
        return super().get_fields(request, obj) if obj else ("machine",)

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        if db_field.name == "machine":
            kwargs["queryset"] = Machine.objects.exclude(state=MachineState.RETIRED)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("gateway.add_enrolmenttoken")

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("gateway.change_enrolmenttoken")

    def save_model(
        self,
        request: HttpRequest,
        obj: EnrolmentToken,
        form: ModelForm[EnrolmentToken],
        change: bool,
    ) -> None:
        token, secret = services.make_token(machine=obj.machine, by=staff(request), at=now())
        obj.pk = token.pk
        shown = f"The secret of this token, shown only now: {secret}"
        self.message_user(request, shown, messages.WARNING)

    @admin.action(description="Revoke selected tokens", permissions=["revoke"])
    def revoke(self, request: HttpRequest, tokens: QuerySet[EnrolmentToken]) -> None:
        by, at = staff(request), now()
        done = [services.revoke_token(token=token, by=by, at=at) for token in tokens]
        self.message_user(request, f"{sum(done)} of {len(done)} were unused and are revoked.")


class NodeKeyInline(EvidenceInline[NodeKey]):
    model = NodeKey
    fields = ("since", "replaced_at", "good_until")


class NodeBootInline(EvidenceInline[NodeBoot]):
    model = NodeBoot
    fields = ("boot_id", "began_at", "heard_at", "left_at", "refused_at")


@admin.register(Node)
class NodeAdmin(EvidenceAdmin[Node]):
    """Nodes join by their agents and are replaced by them; staff may shut one out."""

    list_display = ("public_id", "machine", "agent_version", "enrolled_at", "revoked_at")
    list_select_related = ("machine",)
    search_fields = ("public_id", "machine__name")
    inlines = (NodeKeyInline, NodeBootInline)
    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("gateway.change_node")

    @admin.action(description="Revoke selected nodes", permissions=["revoke"])
    def revoke(self, request: HttpRequest, nodes: QuerySet[Node]) -> None:
        by, at = staff(request), now()
        done = [services.revoke_node(node=node, by=by, at=at) for node in nodes]
        self.message_user(request, f"{sum(done)} of {len(done)} were live and are revoked.")


@admin.register(GrantRefusal)
class GrantRefusalAdmin(EvidenceAdmin[GrantRefusal]):
    """Somebody between us and a node, a copied spool or a fault of ours: worth a look."""

    list_display = ("node", "assignment", "generation", "reason", "at")
    list_filter = ("reason",)
    list_select_related = ("node__machine",)
    search_fields = ("assignment", "node__public_id")


@admin.register(MachineWish)
class MachineWishAdmin(EvidenceAdmin[MachineWish]):
    """What each machine should know of, as a version that its agent waits for."""

    list_display = ("machine", "version", "changed_at")
    list_select_related = ("machine",)
    search_fields = ("machine__name",)
