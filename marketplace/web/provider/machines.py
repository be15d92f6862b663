"""A provider's machines: how they are, what they are offered for, what runs on them."""

from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from marketplace.accounts.models import Organisation
from marketplace.accounts.services import Principal
from marketplace.brokerage.models import Lease
from marketplace.catalog import liveness
from marketplace.catalog import services as catalog
from marketplace.catalog.models import Machine, Offer
from marketplace.core.states import IllegalMove, LostRace
from marketplace.web.access import provider

from .forms import OfferForm

A_PAGE = 50


def _machines(of: Organisation) -> QuerySet[Machine]:
    rows = Machine.objects.filter(site__operator=of).select_related("site")
    return rows.annotate(gpu_count=Count("gpus", filter=Q(gpus__present=True)))


def _leases(of: Organisation) -> QuerySet[Lease]:
    """Live leases, soonest first. Of the renter only the reservation's public id is shown."""
    rows = Lease.objects.live().filter(gpu__machine__site__operator=of)
    return rows.select_related("gpu__machine", "assignment__reservation").order_by(
        "during", "gpu__index"
    )


def _last_seen(machines: list[Machine]) -> list[tuple[Machine, datetime | None]]:
    heard = liveness.last_seen(machine_ids=[machine.pk for machine in machines])
    return [(row, _moment(heard.get(row.pk))) for row in machines]


def _moment(seconds: float | None) -> datetime | None:
    # Redis keeps fractions of a second that nobody wants to read
    return None if seconds is None else datetime.fromtimestamp(int(seconds), UTC)


@require_safe
@provider
def machines(request: HttpRequest, principal: Principal) -> HttpResponse:
    rows = _machines(principal.organisation).order_by("site__name", "name")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    leases = _leases(principal.organisation)[:A_PAGE]
    context = {"page": page, "machines": _last_seen(list(page)), "leases": leases}
    return render(request, "provider/machines.html", context)


@require_safe
@provider
def machine(request: HttpRequest, principal: Principal, machine: UUID) -> HttpResponse:
    row = get_object_or_404(_machines(principal.organisation), public_id=machine)
    return _show(request, principal, row, OfferForm(machine=row))


def _show(
    request: HttpRequest, principal: Principal, row: Machine, form: OfferForm
) -> HttpResponse:
    context = {
        "row": row,
        "form": form,
        "seen": _last_seen([row])[0][1],
        "gpus": row.gpus.filter(present=True).select_related("chip").order_by("index"),
        "offers": row.offers.select_related("chip").order_by("state", "-pk")[:A_PAGE],
        "leases": _leases(principal.organisation).filter(gpu__machine=row)[:A_PAGE],
    }
    status = 422 if form.errors else 200
    return render(request, "provider/machine.html", context, status=status)


@require_POST
@provider
def list_offer(request: HttpRequest, principal: Principal, machine: UUID) -> HttpResponse:
    row = get_object_or_404(_machines(principal.organisation), public_id=machine)
    form = OfferForm(request.POST, machine=row)
    if form.is_valid() and _list(form, row):
        messages.success(request, "Listed.")
        return redirect("provider-machine", row.public_id)
    return _show(request, principal, row, form)


def _list(form: OfferForm, machine: Machine) -> bool:
    facts = form.cleaned_data
    try:
        catalog.list_offer(
            machine=machine,
            chip=facts["chip"],
            price_micro_per_gpu_hour=facts["price"],
            at=now(),
        )
    except catalog.NothingToOffer as error:
        form.add_error("chip", f"{error}.")
        return False
    return True


@require_POST
@provider
def withdraw(request: HttpRequest, principal: Principal, offer: UUID) -> HttpResponse:
    rows = Offer.objects.select_related("machine")
    row = get_object_or_404(rows, public_id=offer, machine__site__operator=principal.organisation)
    try:
        catalog.withdraw_offer(offer=row)
    except (IllegalMove, LostRace):
        messages.error(request, "This offer was withdrawn before; nothing was changed.")
    else:
        messages.success(request, "Withdrawn. What is booked keeps its terms.")
    return redirect("provider-machine", row.machine.public_id)
