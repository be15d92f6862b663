"""Offers, to look at by anybody."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from marketplace.catalog.models import Offer

from . import market
from .forms import AskForm, FilterForm
from .refusals import Refusal

A_PAGE = 50


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Offers that meet the filters, cheapest first."""
    form = FilterForm(request.GET)
    valid = form.is_valid()
    rows = form.narrow(market.listed(at=now())) if valid else Offer.objects.none()
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page}
    return render(request, "renter/home.html", context, status=200 if valid else 422)


@require_safe
def offer(request: HttpRequest, offer: UUID) -> HttpResponse:
    """One offer, with the form that asks what it would cost; withdrawn ones can still be read."""
    return show(request, find(offer), AskForm())


def find(public_id: UUID) -> Offer:
    return get_object_or_404(market.free_now(at=now()), public_id=public_id)


def show(
    request: HttpRequest, offer: Offer, form: AskForm, refusal: Refusal | None = None
) -> HttpResponse:
    """The offer's page; after a refusal the form comes back as sent and says what to mend."""
    if refusal is not None:
        form.add_error(refusal.field, refusal.message)
    status = refusal.status if refusal else (422 if form.errors else 200)
    context = {"offer": offer, "form": form, "refusal": refusal}
    return render(request, "renter/offer.html", context, status=status)
