"""The admin as the place where staff work: what stands in its bar, and its front page."""

from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.timezone import now

from . import ledger, rules
from .dashboard import panels


class Room(NamedTuple):
    """An entry of the bar: what it is called, the page, and what one must hold to be shown it."""

    label: str
    page: str
    permission: str


ROOMS = (
    Room("Cases", "compliance_case_changelist", "compliance.view_case"),
    Room("Parties", "compliance_party_changelist", "compliance.view_party"),
    Room("Lists", "compliance_listsnapshot_changelist", "compliance.view_listsnapshot"),
    Room("Rules", "compliance_policyrule_changelist", "compliance.view_policyrule"),
    Room("Rentals", "brokerage_reservation_changelist", "brokerage.view_reservation"),
    Room("Machines", "catalog_machine_changelist", "catalog.view_machine"),
    Room("Doubts", "catalog_trust_changelist", "catalog.view_trust"),
    Room("Ledger", "ledger_account_changelist", "ledger.view_account"),
    Room("Disputes", "billing_rentaldispute_changelist", "billing.view_rentaldispute"),
    Room("Trail", "core_auditevent_changelist", "core.view_auditevent"),
)


class Entry(NamedTuple):
    label: str
    url: str
    here: bool


class StaffSite(AdminSite):
    site_header = site_title = "Straits"
    index_title = "Today"
    #: the bar names the rooms, the front page all tables
    enable_nav_sidebar = False

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().each_context(request), "rooms": _rooms(request)}

    def get_urls(self) -> list[Any]:
        wrap = self.admin_view
        return [
            path("rules/<int:pk>/preview/", wrap(rules.preview), name="rule_preview"),
            path("rules/<int:pk>/approve/", wrap(rules.approve), name="rule_approve"),
            path("ledger/<int:pk>/", wrap(ledger.account), name="ledger_explore"),
            path("ledger/booked/<int:pk>/", wrap(ledger.booked), name="ledger_booked"),
            *super().get_urls(),
        ]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        drawn = panels(may=request.user.has_perm, at=now())
        return super().index(request, {**(extra_context or {}), "panels": drawn})

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        room = str(apps.get_app_config(app_label).verbose_name)
        return super().app_index(request, app_label, {**(extra_context or {}), "title": room})


def _rooms(request: HttpRequest) -> list[Entry]:
    user = getattr(request, "user", None)
    if user is None or not user.is_active or not user.is_staff:
        return []
    found = []
    for room in ROOMS:
        if user.has_perm(room.permission):
            url = reverse(f"admin:{room.page}")
            found.append(Entry(room.label, url, request.path.startswith(url)))
    return found
