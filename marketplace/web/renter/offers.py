"""Offers, to look at by anybody."""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from marketplace.accounts import roles
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.keepings import KeepingState
from marketplace.brokerage.models import Keeping
from marketplace.catalog import services as catalog
from marketplace.catalog.models import Offer, OfferQuerySet
from marketplace.catalog.states import OfferState
from marketplace.catalog.trust import services as trust
from marketplace.web.access import principal_of

from . import facets, looks, market
from .forms import AskForm, wished
from .kept import own_keepings
from .refusals import Refusal
from .search_forms import FilterForm

A_PAGE = 50


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Offers that meet the query and the filters, cheapest first unless they say otherwise."""
    form, at = FilterForm(request.GET), now()
    if not form.is_valid():
        context = {"form": form, "page": Paginator([], A_PAGE).get_page(1), "as_of": at}
        return render(request, "renter/home.html", context, status=422)
    query = form.query()
    start, end = brokerage.window_of(query, at=at)
    found = brokerage.search(query=query, start=start, end=end)
    counted = brokerage.facets(found)
    page = _paginator(found, counted.total).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "as_of": at,
        "window": (start, end) if query.window else None,
        "facets": facets.links(form.cleaned_data["q"], counted),
        "standing": _standing(request, list(page), start, end, at),
        "strips": looks.strips(list(page), start=start),
        "after_notice": brokerage.free_after_notice(offers=list(page), start=start, end=end),
        "days": [start + timedelta(days=day) for day in range(looks.STRIP_HOURS // 24)],
    }
    return render(request, "renter/home.html", context)


def _paginator(found: OfferQuerySet, total: int) -> Paginator[Offer]:
    made = Paginator(found, A_PAGE)
    vars(made)["count"] = total  # the facets have counted already
    return made


def _standing(
    request: HttpRequest, rows: list[Offer], start: datetime, end: datetime, at: datetime
) -> dict[int, str]:
    """What screening would say to the visitor's organisation; nothing to a stranger."""
    principal = principal_of(request)
    if principal is None:
        return {}
    renter = principal.organisation
    return brokerage.standing(renter=renter, offers=rows, start=start, end=end, at=at)


@require_safe
def offer(request: HttpRequest, offer: UUID) -> HttpResponse:
    """One offer, with the form that asks what it would cost; withdrawn ones can still be read."""
    return show(request, find(offer), AskForm(initial=wished(request.GET)))


def find(public_id: UUID) -> Offer:
    return get_object_or_404(market.free_now(at=now()), public_id=public_id)


def show(
    request: HttpRequest, offer: Offer, form: AskForm, refusal: Refusal | None = None
) -> HttpResponse:
    """The offer's page; after a refusal the form comes back as sent and says what to mend."""
    if refusal is not None:
        form.add_error(refusal.field, refusal.message)
    status = refusal.status if refusal else (422 if form.errors else 200)
    prices, at = catalog.price_history(offer=offer), now()
    context = {
        "offer": offer,
        "form": form,
        "refusal": refusal,
        "resumes": _resumed(request, form),
        "may_reserve": _may_reserve(request, offer),
        "calendar": looks.calendar(offer, at=at),
        "after_notice": brokerage.free_after_notice(
            offers=[offer], start=at, end=at + brokerage.FREE_NOW
        ).get(offer.pk, 0),
        "prices": prices,
        "chart": looks.prices(prices, at=at),
        "tier": trust.tier_of(offer.machine, at=at),
        "location": trust.location_of(offer.machine, at=at),
        "risks": catalog.site_risks(site=offer.machine.site, day=at.date()),
    }
    return render(request, "renter/offer.html", context, status=status)


def _resumed(request: HttpRequest, form: AskForm) -> Keeping | None:
    """The kept workspace that the form would go on with, if the visitor has it."""
    principal, named = principal_of(request), form["resumes"].value()
    if principal is None or not named:
        return None
    with suppress(ValidationError):
        return own_keepings(principal).filter(public_id=named, state=KeepingState.KEPT).first()
    return None


def _may_reserve(request: HttpRequest, offer: Offer) -> bool:
    principal = principal_of(request)
    return (
        principal is not None
        and principal.organisation.can_rent
        and principal.may(roles.RENT)
        and offer.state == OfferState.LISTED
    )
