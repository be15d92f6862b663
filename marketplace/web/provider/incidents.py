"""What went wrong on a provider's machines, with the evidence, and what it cost."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from marketplace.accounts.models import Organisation
from marketplace.accounts.services import Principal
from marketplace.billing.models import SlaAssessment
from marketplace.brokerage.models import MachineFailure
from marketplace.catalog.health.rules import shipped
from marketplace.catalog.models import HealthChange
from marketplace.catalog.states import Health
from marketplace.web.access import provider
from marketplace.web.said import said
from marketplace.web.sentences import together

#: how far back, and how many of each kind
LOOK_BACK = timedelta(days=90)
MOST = 100
KINDS = {
    MachineFailure.Kind.UNREACHABLE: _("Silent shortly before a booking"),
    MachineFailure.Kind.NO_SHOW: _("A booking was never started"),
    MachineFailure.Kind.LOST: _("Silent while a booking ran"),
    MachineFailure.Kind.BROKEN: _("A GPU failed under a booking"),
}
BECAME = {
    Health.OK.value: ("good", "ok", _("GPU %(index)s back on the market")),
    Health.DEGRADED.value: ("warn", "warn", _("GPU %(index)s off the market")),
    Health.FAILED.value: ("bad", "bad", _("GPU %(index)s failed")),
}


@dataclass(frozen=True, slots=True)
class Incident:
    """One entry of the log; `evidence` is what we keep of it, `rental` the booking it touched."""

    at: datetime
    kind: str
    icon: str
    machine: str
    machine_id: UUID
    what: str
    evidence: str
    rental: UUID | None = None


@require_safe
@provider
def incidents(request: HttpRequest, principal: Principal) -> HttpResponse:
    since = now() - LOOK_BACK
    found = [*_failures(principal.organisation, since), *_health(principal.organisation, since)]
    found.sort(key=lambda one: one.at, reverse=True)
    credits = _credits(principal.organisation, since)
    context = {
        "incidents": found[:MOST],
        "credits": credits,
        "days": LOOK_BACK.days,
        "back": sum(row.credit_micro for row in credits),
    }
    return render(request, "provider/incidents.html", context)


def _failures(of: Organisation, since: datetime) -> list[Incident]:
    rows = MachineFailure.objects.filter(machine__site__operator=of, at__gte=since)
    rows = rows.select_related("machine", "replaced_by", "reservation").order_by("-pk")
    return [
        Incident(
            row.at,
            "bad",
            "bad",
            row.machine.name,
            row.machine.public_id,
            str(KINDS[MachineFailure.Kind(row.kind)]),
            _kept(row),
            row.reservation.public_id,
        )
        for row in rows[:MOST]
    ]


def _kept(row: MachineFailure) -> str:
    if row.replaced_by:
        return gettext("%(machine)s stood in") % {"machine": row.replaced_by}
    return gettext("heartbeats and usage")


def _health(of: Organisation, since: datetime) -> list[Incident]:
    rows = HealthChange.objects.filter(gpu__machine__site__operator=of, found_at__gte=since)
    rows = rows.select_related("gpu__machine").order_by("-pk")
    return [_change(row) for row in rows[:MOST]]


def _change(row: HealthChange) -> Incident:
    kind, icon, became = BECAME[row.became]
    machine, what = row.gpu.machine, became % {"index": row.gpu.index}
    by = gettext("put back by %(person)s") % {"person": row.by} if row.by else ""
    evidence = together(filter(None, (_why(row), by))) or gettext("a clean reading")
    return Incident(row.found_at, kind, icon, machine.name, machine.public_id, what, evidence)


def _why(row: HealthChange) -> str:
    rule = shipped().named(row.rule) if row.rule else None
    if rule is None:
        return row.rule
    facts = {"says": said(rule.says), "rule": row.rule, "version": row.rules_version}
    return gettext("%(says)s (%(rule)s, rules %(version)s)") % facts


def _credits(of: Organisation, since: datetime) -> list[SlaAssessment]:
    """Rentals that were down, as last assessed: what it cost is taken from what they earned."""
    rows = SlaAssessment.objects.filter(
        reservation__offer__machine__site__operator=of, assessed_at__gte=since, down_ms__gt=0
    )
    newest = rows.order_by("reservation", "-revision").distinct("reservation")
    return list(
        SlaAssessment.objects.filter(pk__in=newest.values("pk"))
        .select_related("reservation__offer__machine", "reservation__offer__chip")
        .order_by("-assessed_at", "-pk")[:MOST]
    )
