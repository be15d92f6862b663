"""The officers' queue as a list to work through: columns that say what to do first, and filters."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from marketplace.core.evidence import EvidenceAdmin
from marketplace.core.times import brief
from marketplace.core.worklist import DueFilter, OpenFilter, due, pill

from .casework import spoken
from .models import Case, CaseKind, Risk
from .states import LIVE, CaseState

#: colour and shape of the pages
RISKS = {
    Risk.CRITICAL: ("bad", "bad"),
    Risk.HIGH: ("warn", "warn"),
    Risk.MEDIUM: ("rule", "half"),
    Risk.LOW: ("idle", "ring"),
}
STATES = {
    CaseState.OPEN: ("warn", "ring"),
    CaseState.ASSIGNED: ("sea", "run"),
    CaseState.WAITING: ("idle", "half"),
    CaseState.ESCALATED: ("bad", "warn"),
    CaseState.PROPOSED: ("rule", "half"),
    CaseState.DECIDED: ("good", "ok"),
    CaseState.CLOSED: ("idle", "ok"),
}
#: reasons that a row has room for
SHOWN = 2


def risk_of(case: Case) -> SafeString:
    return pill(*RISKS[Risk(case.risk)], Risk(case.risk).label)


def state_of(case: Case) -> SafeString:
    return pill(*STATES[CaseState(case.state)], CaseState(case.state).label)


class QueueFilter(OpenFilter):
    open = LIVE


class OfficerFilter(admin.SimpleListFilter):
    title = "officer"
    parameter_name = "officer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        who = Case.objects.live().exclude(assignee_label="").order_by("assignee_label")
        named = who.values_list("assignee_label", flat=True).distinct()
        return [("me", "Mine"), ("nobody", "Nobody's"), *((name, name) for name in named)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        if self.value() == "me":
            return queryset.filter(assignee=getattr(request.user, "public_id", None))
        if self.value() == "nobody":
            return queryset.filter(assignee__isnull=True)
        return queryset.filter(assignee_label=self.value()) if self.value() else queryset


class QueueAdmin(EvidenceAdmin[Case]):
    list_display = ("due", "party", "risk_pill", "why", "state_pill", "officer", "opened")
    list_display_links = ("party",)
    list_filter = (QueueFilter, DueFilter, OfficerFilter, "risk", "kind", "state")
    list_select_related = ("party",)
    list_per_page = 50
    ordering = ("deadline", "pk")
    search_fields = ("public_id", "party__legal_name")

    @admin.display(ordering="deadline")
    def due(self, case: Case) -> SafeString:
        return due(case.deadline, waits=case.state in LIVE)

    @admin.display(description="risk", ordering="risk")
    def risk_pill(self, case: Case) -> SafeString:
        return risk_of(case)

    @admin.display(description="why")
    def why(self, case: Case) -> SafeString:
        told = [spoken(one) for one in case.reasons]
        more = [f"and {len(told) - SHOWN} more"] if len(told) > SHOWN else []
        return format_html(
            '{}<span class="sub">{}</span>',
            capfirst(CaseKind(case.kind).label),
            "; ".join([*told[:SHOWN], *more]),
        )

    @admin.display(description="state", ordering="state")
    def state_pill(self, case: Case) -> SafeString:
        return state_of(case)

    @admin.display(ordering="assignee_label", empty_value="nobody")
    def officer(self, case: Case) -> str | None:
        return case.assignee_label or None

    @admin.display(ordering="opened_at")
    def opened(self, case: Case) -> SafeString:
        return brief(case.opened_at)
