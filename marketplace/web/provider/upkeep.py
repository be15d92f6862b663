"""Maintenance of a machine: what it would mean first, then the plan."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.accounts.services import Principal
from marketplace.brokerage import services as brokerage
from marketplace.catalog import upkeep
from marketplace.catalog.models import Machine
from marketplace.web.access import provider
from marketplace.web.said import said

from .bookings import bookings, live_leases
from .fleet import own_machines
from .upkeep_forms import UpkeepForm


@require_http_methods(["GET", "HEAD", "POST"])
@provider
def plan(request: HttpRequest, principal: Principal, machine: UUID) -> HttpResponse:
    """A GET says what it would mean, and for whom; a POST plans it."""
    row = get_object_or_404(own_machines(principal.organisation), public_id=machine)
    form = UpkeepForm(request.POST if request.method == "POST" else request.GET or None)
    if request.method == "POST" and form.is_valid() and _planned(form, row, principal):
        messages.success(request, _("Planned. Nothing new is booked on it then."))
        return redirect("provider-machine", row.public_id)
    context: dict[str, Any] = {"row": row, "form": form}
    if form.is_bound and form.is_valid():
        context |= _meaning(form, row, principal)
    return render(request, "provider/maintenance.html", context, status=422 if form.errors else 200)


def _span(form: UpkeepForm) -> tuple[datetime, datetime | None]:
    return form.cleaned_data["start"] or now(), form.cleaned_data["until"]


def _planned(form: UpkeepForm, machine: Machine, principal: Principal) -> bool:
    start, until = _span(form)
    try:
        upkeep.plan_upkeep(machine=machine, start=start, until=until, by=principal.user, at=now())
    except upkeep.BadUpkeep as error:
        form.add_error(error.field, said(error.message))
        return False
    return True


def _meaning(form: UpkeepForm, machine: Machine, principal: Principal) -> dict[str, Any]:
    start, until = _span(form)
    if until is not None and until <= start:
        form.add_error("until", _("must be later than the start"))
        return {}
    leases = live_leases(principal.organisation).filter(
        gpu__machine=machine, during__overlap=(start, until)
    )
    return {
        "start": start,
        "until": until,
        "touched": brokerage.touched(machine=machine, start=start, until=until),
        "bookings": bookings(leases),
    }


@require_POST
@provider
def end(request: HttpRequest, principal: Principal, machine: UUID) -> HttpResponse:
    row = get_object_or_404(own_machines(principal.organisation), public_id=machine)
    if upkeep.end_upkeep(machine=row, by=principal.user, at=now()):
        messages.success(request, _("It takes bookings again."))
    else:
        messages.error(request, _("No maintenance was planned; nothing was changed."))
    return redirect("provider-machine", row.public_id)
