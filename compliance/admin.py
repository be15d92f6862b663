from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.timezone import now

from marketplace.core.evidence import EvidenceAdmin, EvidenceInline
from marketplace.core.filters import FilledFilter
from marketplace.core.showing import choice

from . import (
    admin_cases,  # noqa: F401  registers the windows of cases
    admin_known,  # noqa: F401  registers the windows of papers and contacts
    admin_lists,  # noqa: F401  and of lists
    services,
)
from .declaring import DeclaringAdmin
from .flagging import FlaggingAdmin
from .licensing import LicensingAdmin, who
from .models import (
    AuditCheck,
    AuditFault,
    ChainLink,
    ChipAttestation,
    ChipModel,
    Content,
    CountryGroup,
    Decision,
    Director,
    EndUseStatementWithdrawn,
    Licence,
    LicenceDraw,
    LicenceEvent,
    LicenceReturn,
    OwnershipStake,
    Party,
    PartyIdentifier,
    PolicyRule,
    RedFlagClosed,
    RedFlagKind,
    Rescreening,
    ReversePass,
    RuleApproval,
    ScoringBand,
    SiteRisk,
    Unsealed,
)


@admin.register(Party)
class PartyAdmin(DeclaringAdmin, FlaggingAdmin):
    """Parties come by sign-up; staff may correct them, which voids their decisions."""

    fields = Party.SCREENED_FIELDS
    list_display = ("legal_name", "kind", "country", "hq_country", "parent_name", "end_use")
    list_filter = ("kind", "end_use")
    search_fields = ("legal_name", "native_name", "registration_number", "parent_name")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Party | None = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Party, form: ModelForm[Party], change: bool
    ) -> None:
        facts: dict[str, Any] = {name: form.cleaned_data[name] for name in form.changed_data}
        services.amend_party(party=obj, by=request.user.get_username(), at=now(), **facts)


@admin.register(OwnershipStake)
class OwnershipStakeAdmin(EvidenceAdmin[OwnershipStake]):
    list_display = ("owned", "owner", "owner_name", "share_bps", "controls", "since", "until")
    list_select_related = ("owned", "owner")
    search_fields = ("owned__legal_name", "owner__legal_name", "owner_name")


@admin.register(Director)
class DirectorAdmin(EvidenceAdmin[Director]):
    list_display = ("name", "party", "country", "since", "until")
    list_select_related = ("party",)
    search_fields = ("name", "party__legal_name")


@admin.register(PartyIdentifier)
class PartyIdentifierAdmin(EvidenceAdmin[PartyIdentifier]):
    list_display = ("party", "kind", "number", "country", "until")
    list_filter = ("kind",)
    list_select_related = ("party",)
    search_fields = ("number", "party__legal_name")


@admin.register(ChipModel)
class ChipModelAdmin(EvidenceAdmin[ChipModel]):
    """Changed by `manage.py load_reference`, which keeps the trail."""

    list_display = ("name", "export_class", "memory_gb", "tpp", "performance_density", "source")
    list_filter = ("export_class",)
    search_fields = ("name", "nvml_names")


@admin.register(ChipAttestation)
class ChipAttestationAdmin(EvidenceAdmin[ChipAttestation]):
    list_display = ("chip", "export_class", "eccn", "attested_on", "recorded_by")
    list_select_related = ("chip",)


@admin.register(CountryGroup)
class CountryGroupAdmin(EvidenceAdmin[CountryGroup]):
    """Changed by `manage.py load_reference`, which keeps the trail."""

    list_display = (
        "group",
        "country",
        "effective_from",
        "effective_to",
        "source",
        "verification",
    )
    list_filter = ("group",)
    search_fields = ("country",)


class RuleApprovalInline(EvidenceInline[RuleApproval]):
    model = RuleApproval
    fields = ("approver_label", "at")


@admin.register(PolicyRule)
class PolicyRuleAdmin(EvidenceAdmin[PolicyRule]):
    """Rules come by `manage.py load_reference`; two people approve each version here."""

    list_display = (
        "rule_id",
        "version",
        "supersedes",
        "outcome",
        "effective_from",
        "effective_to",
        "approved",
        "reason",
    )
    list_filter = ("outcome",)
    search_fields = ("rule_id", "reason", "citation")
    list_select_related = ("supersedes",)
    inlines = (RuleApprovalInline,)
    actions = ("approve",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PolicyRule]:
        return super().get_queryset(request).prefetch_related("approvals")

    @admin.display
    def approved(self, rule: PolicyRule) -> str:
        approvals = sorted(rule.approvals.all(), key=lambda one: one.pk)
        names = ", ".join(one.approver_label for one in approvals)
        if len(approvals) >= services.APPROVERS:
            return f"by {names}"
        return f"needs counsel; so far by {names}" if names else "needs counsel"

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("compliance.approve_policyrule")

    @admin.action(description="Approve these versions", permissions=["approve"])
    def approve(self, request: HttpRequest, rows: QuerySet[PolicyRule]) -> None:
        for rule in rows:
            try:
                services.approve_rule(rule=rule, **who(request), at=now())
            except ValidationError as refused:
                self.message_user(request, " ".join(refused.messages), messages.ERROR)


@admin.register(RuleApproval)
class RuleApprovalAdmin(EvidenceAdmin[RuleApproval]):
    list_display = ("rule", "approver_label", "at")
    list_select_related = ("rule",)


@admin.register(Licence)
class LicenceAdmin(LicensingAdmin):
    list_display = ("number", "authority", "party", "valid_from", "valid_to", "gpu_hours", "state")
    list_filter = ("authority",)
    list_select_related = ("party",)
    search_fields = ("number", "party__legal_name", "granted_to")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Licence]:
        return super().get_queryset(request).prefetch_related("events")


@admin.register(LicenceEvent)
class LicenceEventAdmin(EvidenceAdmin[LicenceEvent]):
    list_display = ("licence", "act", "actor_label", "at", "reason")
    list_filter = ("act",)
    list_select_related = ("licence",)


@admin.register(LicenceDraw)
class LicenceDrawAdmin(EvidenceAdmin[LicenceDraw]):
    list_display = ("licence", "rental", "gpus", "during", "gpu_us", "at")
    list_select_related = ("licence",)
    search_fields = ("rental", "licence__number")


@admin.register(LicenceReturn)
class LicenceReturnAdmin(EvidenceAdmin[LicenceReturn]):
    list_display = ("draw", "until", "gpu_us", "at")
    list_select_related = ("draw__licence",)


@admin.register(ScoringBand)
class ScoringBandAdmin(EvidenceAdmin[ScoringBand]):
    """Changed by `manage.py load_reference`, as next versions."""

    list_display = (
        "list_named",
        "kind_named",
        "version",
        "match_at",
        "possible_at",
        "effective_from",
        "approval",
    )
    list_filter = ("approval", "kind")

    @admin.display(description="list", ordering="list_code")
    def list_named(self, band: ScoringBand) -> str:
        return band.list_code or "Every list"

    @admin.display(description="kind", ordering="kind")
    def kind_named(self, band: ScoringBand) -> str:
        return choice(band.get_kind_display()) if band.kind else "Every kind"


@admin.register(RedFlagKind)
class RedFlagKindAdmin(EvidenceAdmin[RedFlagKind]):
    """Changed by `manage.py load_reference`, which keeps the trail."""

    list_display = ("code", "title", "weight", "automatic", "effective_from", "effective_to")
    list_filter = ("weight", "automatic")
    search_fields = ("code", "title")


@admin.register(RedFlagClosed)
class RedFlagClosedAdmin(EvidenceAdmin[RedFlagClosed]):
    list_display = ("flag", "reason", "closed_by", "closed_at")
    list_select_related = ("flag__kind", "flag__party")
    search_fields = ("flag__party__legal_name", "reason")


@admin.register(EndUseStatementWithdrawn)
class EndUseStatementWithdrawnAdmin(EvidenceAdmin[EndUseStatementWithdrawn]):
    list_display = ("statement", "withdrawn_by", "withdrawn_at", "reason")
    list_select_related = ("statement__party",)


@admin.register(SiteRisk)
class SiteRiskAdmin(EvidenceAdmin[SiteRisk]):
    """Changed by `manage.py load_reference`, which keeps the trail."""

    list_display = ("country", "operator", "site", "dimension", "grade", "as_of", "verification")
    list_filter = ("dimension", "grade", "country")


@admin.register(Decision)
class DecisionAdmin(EvidenceAdmin[Decision]):
    """Decision support, not legal advice."""

    list_display = ("party", "outcome", "chip", "site_country", "decided_at", "valid_until")
    list_filter = ("outcome", "site_country")
    list_select_related = ("party", "chip")
    search_fields = ("public_id", "party__legal_name")
    date_hierarchy = "decided_at"


@admin.register(ReversePass)
class ReversePassAdmin(EvidenceAdmin[ReversePass]):
    """How far the look through all parties is after a list changed."""

    list_display = ("snapshot", "looked_at", "finished_at")
    list_select_related = ("snapshot__source",)


@admin.register(Rescreening)
class RescreeningAdmin(EvidenceAdmin[Rescreening]):
    list_display = ("party", "snapshot", "entries", "decision")
    list_select_related = ("party", "snapshot__source", "decision__party")
    search_fields = ("party__legal_name",)


@admin.register(Content)
class ContentAdmin(EvidenceAdmin[Content]):
    """What decisions name by hash: parties' facts and rulebooks."""

    search_fields = ("sha256",)


@admin.register(AuditCheck)
class AuditCheckAdmin(EvidenceAdmin[AuditCheck]):
    """Each day's reading of the whole chain, and the head that it came to."""

    list_display = ("created_at", "finished_at", "reached", "faults", "head")
    date_hierarchy = "created_at"


@admin.register(AuditFault)
class AuditFaultAdmin(EvidenceAdmin[AuditFault]):
    """Evidence that does not read as when it was sealed. It heals when it reads so again."""

    list_display = ("sentence", "created_at", "seen_at", "healed_at")
    list_filter = (("healed_at", FilledFilter),)
    search_fields = ("sentence",)
    date_hierarchy = "created_at"


@admin.register(ChainLink)
class ChainLinkAdmin(EvidenceAdmin[ChainLink]):
    list_display = ("seq", "kind", "subject", "sealed_at", "sha256")
    list_filter = ("kind",)
    search_fields = ("subject", "sha256")


@admin.register(Unsealed)
class UnsealedAdmin(EvidenceAdmin[Unsealed]):
    list_display = ("kind", "subject", "since")
    list_filter = ("kind",)
