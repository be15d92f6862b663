"""A provider's machines: how they are, what they are offered for, what runs on them."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from marketplace.accounts.services import Principal
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Keeping
from marketplace.brokerage.reliability import BOOKING, WINDOW_DAYS
from marketplace.catalog import services as catalog
from marketplace.catalog.comparing import comparable
from marketplace.catalog.health import services as health
from marketplace.catalog.models import Gpu, Machine, Offer
from marketplace.catalog.states import Health
from marketplace.catalog.trust import services as trust
from marketplace.core.states import IllegalMove, LostRace
from marketplace.web.access import provider
from marketplace.web.said import said
from marketplace.web.sentences import sentence
from marketplace.web.shared.gpus import conditions

from .bookings import bookings, live_leases
from .fleet import fleet, last_seen, own_machines
from .forms import OfferForm

A_PAGE = 50
#: the latest errors that the driver reported
XIDS = 10
#: how long a GPU is shown that is gone
SHOWN = timedelta(days=30)


@require_safe
@provider
def machines(request: HttpRequest, principal: Principal) -> HttpResponse:
    rows = own_machines(principal.organisation).order_by("site__name", "name")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "fleet": fleet(principal.organisation, list(page), at=now()),
        "bookings": bookings(live_leases(principal.organisation)),
    }
    return render(request, "provider/machines.html", context)


@require_safe
@provider
def machine(request: HttpRequest, principal: Principal, machine: UUID) -> HttpResponse:
    row = get_object_or_404(own_machines(principal.organisation), public_id=machine)
    return _show(request, principal, row, OfferForm(machine=row))


def _show(
    request: HttpRequest, principal: Principal, row: Machine, form: OfferForm
) -> HttpResponse:
    # one that broke is shown for a while also when the machine no longer reports it
    broke = ~Q(health=Health.OK) & Q(fault_since__gt=now() - SHOWN)
    gpus = row.gpus.filter(Q(present=True) | broke).select_related("chip")
    context = {
        "row": row,
        "form": form,
        "seen": last_seen([row])[row.pk],
        "compared": comparable(machine=row),
        "gpus": conditions(row, gpus.order_by("index")),
        "xids": row.gpu_events.order_by("-at", "-pk")[:XIDS],
        "stands": trust.standing(machine=row, at=now()),
        "suspended_for": trust.suspended_for(machine=row),
        "offers": row.offers.select_related("chip").order_by("state", "-pk")[:A_PAGE],
        "bookings": bookings(live_leases(principal.organisation).filter(gpu__machine=row)),
        "kept": Keeping.objects.kept_on(row).select_related("reservation").order_by("until", "pk"),
        "emptied": _emptied(row),
        "reliability": brokerage.reliability(machine=row),
        "window_days": WINDOW_DAYS,
        "booking_weight": BOOKING,
        "failures": row.failures.select_related("replaced_by", "reservation").order_by("-pk")[
            :A_PAGE
        ],
    }
    status = 422 if form.errors else 200
    return render(request, "provider/machine.html", context, status=status)


def _emptied(row: Machine) -> brokerage.Touched | None:
    """Who still reaches into the maintenance that is planned."""
    if row.upkeep is None:
        return None
    return brokerage.touched(machine=row, start=row.upkeep.lower, until=row.upkeep.upper)


@require_POST
@provider
def list_offer(request: HttpRequest, principal: Principal, machine: UUID) -> HttpResponse:
    row = get_object_or_404(own_machines(principal.organisation), public_id=machine)
    form = OfferForm(request.POST, machine=row)
    if form.is_valid() and _list(form, row):
        messages.success(request, _("Listed."))
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
            terms=form.terms(),
        )
    except catalog.NothingToOffer as error:
        form.add_error("chip", sentence(error))
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
        messages.error(request, _("This offer was withdrawn before; nothing was changed."))
    else:
        messages.success(request, _("Withdrawn. What is booked keeps its terms."))
    return redirect("provider-machine", row.machine.public_id)


@require_POST
@provider
def put_back(request: HttpRequest, principal: Principal, gpu: UUID) -> HttpResponse:
    """The provider says that a GPU was reset."""
    rows = Gpu.objects.select_related("machine")
    row = get_object_or_404(rows, public_id=gpu, machine__site__operator=principal.organisation)
    try:
        health.put_back(gpu=row, by=principal.user, at=now())
    except health.NotMended as error:
        messages.error(request, _("Not put back: %(why)s.") % {"why": said(error)})
    else:
        messages.success(request, _("Back on the market."))
    return redirect("provider-machine", row.machine.public_id)
