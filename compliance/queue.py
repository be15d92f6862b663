"""The officers' queue as a list to work through: columns that say what to do first, and filters."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import now

from marketplace.core.evidence import EvidenceAdmin

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
DAY = timedelta(days=1)


def pill(tone: str, icon: str, word: str) -> SafeString:
    """A word with colour and shape; the shape is of fragments/icons.html."""
    return format_html(
        '<span class="state state--pill state--{}"><svg class="ico" aria-hidden="true"'
        ' focusable="false"><use href="#i-{}"/></svg>{}</span>',
        tone,
        icon,
        word,
    )


def risk_of(case: Case) -> SafeString:
    return pill(*RISKS[Risk(case.risk)], Risk(case.risk).label)


def state_of(case: Case) -> SafeString:
    return pill(*STATES[CaseState(case.state)], CaseState(case.state).label)


def time_left(deadline: datetime, at: datetime) -> str:
    """Whole days from two days on, else hours, else minutes: "3 h late", "in 2 d"."""
    minutes = int(abs(deadline - at).total_seconds()) // 60
    length = f"{minutes} min"
    if minutes >= 60:
        length = f"{minutes // 60} h" if minutes < 2 * 24 * 60 else f"{minutes // (24 * 60)} d"
    return f"in {length}" if deadline > at else f"{length} late"


class QueueFilter(admin.SimpleListFilter):
    """The queue is what waits; the rest is asked for."""

    title = "queue"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("done", "Decided and closed"), ("all", "All")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        if self.value() == "all":
            return queryset
        if self.value() == "done":
            return queryset.exclude(state__in=LIVE)
        return queryset.filter(state__in=LIVE)

    def choices(self, changelist: Any) -> Any:
        """As Django's, with what no value means called by its name."""
        for place, choice in enumerate(super().choices(changelist)):
            yield {**choice, "display": "Open"} if place == 0 else choice


class DueFilter(admin.SimpleListFilter):
    title = "due"
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("past", "Past its deadline"), ("day", "Within a day")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        if self.value() == "past":
            return queryset.filter(deadline__lte=now())
        if self.value() == "day":
            return queryset.filter(deadline__gt=now(), deadline__lte=now() + DAY)
        return queryset


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
        at = now()
        waits = case.state in LIVE
        tone = "c-bad strong" if waits and case.deadline <= at else ""
        return format_html(
            '<span class="due {}">{}<span class="sub">{}</span></span>',
            tone,
            time_left(case.deadline, at) if waits else "done",
            f"{case.deadline:%d %b %H:%M}",
        )

    @admin.display(description="risk", ordering="risk")
    def risk_pill(self, case: Case) -> SafeString:
        return risk_of(case)

    @admin.display(description="why")
    def why(self, case: Case) -> SafeString:
        told = [spoken(one) for one in case.reasons]
        more = [f"and {len(told) - SHOWN} more"] if len(told) > SHOWN else []
        return format_html(
            '{}<span class="sub">{}</span>',
            CaseKind(case.kind).label,
            "; ".join([*told[:SHOWN], *more]),
        )

    @admin.display(description="state", ordering="state")
    def state_pill(self, case: Case) -> SafeString:
        return state_of(case)

    @admin.display(ordering="assignee_label", empty_value="nobody")
    def officer(self, case: Case) -> str | None:
        return case.assignee_label or None

    @admin.display(ordering="opened_at")
    def opened(self, case: Case) -> str:
        return f"{case.opened_at:%d %b %H:%M}"
