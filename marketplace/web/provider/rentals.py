"""A rental of one's own machines: its terms so far, and the price one may offer for the rest."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from marketplace.accounts.services import Principal
from marketplace.billing import services as billing
from marketplace.billing.models import TermsOffer
from marketplace.billing.services import BadTerms
from marketplace.brokerage.models import Reservation
from marketplace.brokerage.states import State
from marketplace.web.access import provider
from marketplace.web.limits import limited, user
from marketplace.web.sentences import sentence

from .forms import TermsForm

HOUR = 3600
BOOKED = (State.CONFIRMED, State.ACTIVE)


def _rentals(principal: Principal) -> QuerySet[Reservation]:
    """Of the renter only the reservation's public id is shown."""
    rows = Reservation.objects.filter(offer__machine__site__operator=principal.organisation)
    return rows.select_related("offer__chip", "offer__machine__site")


@require_safe
@provider
def rental(request: HttpRequest, principal: Principal, reservation: UUID) -> HttpResponse:
    row = get_object_or_404(_rentals(principal), public_id=reservation)
    return _show(request, row, TermsForm())


def _show(request: HttpRequest, row: Reservation, form: TermsForm) -> HttpResponse:
    offers = row.terms_offers.select_related("accepted", "offered_by")
    context = {
        "row": row,
        "form": form if row.state in BOOKED else None,
        "rates": row.rates.order_by("version"),
        "offers": [(one, _standing(one, now())) for one in offers.order_by("-pk")],
    }
    status = 422 if form.errors else 200
    return render(request, "provider/rental.html", context, status=status)


def _standing(offer: TermsOffer, at: datetime) -> str:
    if hasattr(offer, "accepted"):
        return pgettext("offer of a price", "accepted")
    lapsed, is_open = pgettext("offer of a price", "lapsed"), pgettext("offer of a price", "open")
    return lapsed if offer.since <= at else is_open


@require_POST
@provider
@limited("terms", most=60, seconds=HOUR, by=user)
def offer_terms(request: HttpRequest, principal: Principal, reservation: UUID) -> HttpResponse:
    row = get_object_or_404(_rentals(principal), public_id=reservation)
    form = TermsForm(request.POST)
    if form.is_valid() and _offer(form, row, principal):
        messages.success(
            request, _("Offered. It holds once the renter accepts, and lapses otherwise.")
        )
        return redirect("provider-rental", row.public_id)
    return _show(request, row, form)


def _offer(form: TermsForm, row: Reservation, principal: Principal) -> bool:
    try:
        billing.offer_terms(
            reservation=row,
            price_micro=form.cleaned_data["price"],
            since=form.cleaned_data["since"],
            by=principal.user,
            at=now(),
        )
    except BadTerms as error:
        form.add_error(None, sentence(error))
        return False
    return True
