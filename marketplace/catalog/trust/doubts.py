"""Machines whose word is not believed, as a list that staff work through."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import now

from compliance.models import Case
from compliance.states import LIVE
from marketplace.accounts.trail import staff
from marketplace.catalog.models import Trust, TrustEvidence
from marketplace.catalog.states import MachineState
from marketplace.core.evidence import EvidenceAdmin
from marketplace.core.filters import FilledFilter
from marketplace.core.times import moment
from marketplace.core.worklist import pill

from . import services


class Doubted(admin.SimpleListFilter):
    """The list is what is in doubt; the rest is asked for."""

    title = "standing"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("clean", "Nothing against it"), ("all", "All")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Trust]) -> QuerySet[Trust]:
        if self.value() == "all":
            return rows
        standing = Trust.objects.all()
        found = standing.undoubted() if self.value() == "clean" else standing.doubted()
        return rows.filter(pk__in=found.values("pk"))

    def choices(self, changelist: Any) -> Any:
        for place, choice in enumerate(super().choices(changelist)):
            yield {**choice, "display": "In doubt"} if place == 0 else choice


class DoubtsAdmin(EvidenceAdmin[Trust]):
    """What contradicts each machine's claim, the case that is open about it, and two acts."""

    list_display = ("machine", "operator", "stands", "why", "since", "case", "evidence")
    list_filter = (Doubted, "contradicted", ("suspended_for", FilledFilter))
    list_select_related = ("machine__site__operator__party",)
    ordering = ("-machine__pk",)
    search_fields = ("machine__name", "machine__site__operator__name")
    exclude = ("challenge_after",)
    actions = ("suspend", "lift")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Trust]:
        failed = Prefetch(
            "machine__evidence",
            TrustEvidence.objects.unanswered().order_by("-pk"),
            to_attr="failed",
        )
        cases = Case.objects.filter(state__in=LIVE).order_by("deadline", "pk")
        about = Prefetch("machine__site__operator__party__cases", cases, to_attr="open_cases")
        return super().get_queryset(request).prefetch_related(failed, about)

    @admin.display(description="operator", ordering="machine__site__operator__name")
    def operator(self, row: Trust) -> str:
        return row.machine.site.operator.name

    @admin.display(description="on the market")
    def stands(self, row: Trust) -> SafeString:
        if row.machine.state == MachineState.SUSPENDED:
            return pill("bad", "no", "Suspended")
        if row.machine.state == MachineState.ONLINE:
            return pill("good", "ok", f"Yes, {services.tier_of(row.machine, at=now())}")
        return pill("idle", "half", MachineState(row.machine.state).label)

    @admin.display(description="what is against it")
    def why(self, row: Trust) -> SafeString:
        told = [*filter(None, [row.suspended_for]), *(against(one) for one in _failed(row))]
        return format_html_join("", "<div>{}</div>", ((one,) for one in dict.fromkeys(told)))

    @admin.display(description="since", empty_value="")
    def since(self, row: Trust) -> SafeString | None:
        failed: list[datetime] = [one.at for one in _failed(row)]
        return moment(min(failed)) if failed else None

    @admin.display(description="case of its operator", empty_value="none open")
    def case(self, row: Trust) -> SafeString | None:
        cases: list[Case] = vars(row.machine.site.operator.party)["open_cases"]
        links = [(reverse("admin:compliance_case_change", args=[one.pk]), one) for one in cases]
        return format_html_join("", '<div><a href="{}">{}</a></div>', links) if links else None

    @admin.display(description="evidence")
    def evidence(self, row: Trust) -> SafeString:
        page = reverse("admin:catalog_trustevidence_changelist")
        return format_html('<a href="{}?machine__id__exact={}">All looks</a>', page, row.pk)

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("catalog.change_machine")

    @admin.action(description="Suspend their machines", permissions=["act"])
    def suspend(self, request: HttpRequest, rows: QuerySet[Trust]) -> None:
        by, at = staff(request), now()
        reason = "what it says of itself is contradicted"
        done = [services.suspend(machine=row.machine, reason=reason, by=by, at=at) for row in rows]
        self.message_user(request, f"{sum(done)} of {len(done)} are suspended now.")

    @admin.action(description="Let their machines back", permissions=["act"])
    def lift(self, request: HttpRequest, rows: QuerySet[Trust]) -> None:
        by, at = staff(request), now()
        done = [services.lift(machine=row.machine, by=by, at=at) for row in rows]
        level = messages.SUCCESS if all(done) else messages.WARNING
        told = f"{sum(done)} of {len(done)} were suspended and are let back."
        self.message_user(request, told, level)


def _failed(row: Trust) -> list[TrustEvidence]:
    found: list[TrustEvidence] = vars(row.machine)["failed"]
    return found


def against(row: TrustEvidence) -> str:
    """What a look found, in the words that were kept."""
    told = [str(one.get("text", "")) for one in row.detail.get("contradictions", [])]
    told.append(str(row.detail.get("finding", "")))
    label = str(dict(row._meta.get_field("kind").flatchoices).get(row.kind, row.kind))
    said = " ".join(filter(None, told)) or "it did not hold"
    return f"{label}: {said}"
