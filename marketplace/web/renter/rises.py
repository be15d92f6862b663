"""Another price for the rest of a booking, as its provider offers it; and standing instructions."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.billing import services as billing
from marketplace.billing.models import TermsOffer
from marketplace.billing.services import BadTerms
from marketplace.brokerage import services as brokerage
from marketplace.core.states import IllegalMove
from marketplace.ledger.services import InsufficientFunds
from marketplace.web.access import member
from marketplace.web.sentences import sentence

from . import reservations
from .change_forms import InstructForm

TOO_DEAR = gettext_lazy("The wallet does not cover the offered price. Add money first.")


@require_POST
@member(roles.RENT)
def accept(
    request: HttpRequest, principal: Principal, reservation: UUID, offered: UUID
) -> HttpResponse:
    """Let an offered price hold from the moment it names."""
    row = get_object_or_404(reservations.mine(principal), public_id=reservation)
    offer = get_object_or_404(TermsOffer, public_id=offered, reservation=row)
    try:
        billing.accept_terms(offer=offer, by=principal.user, at=now())
    except BadTerms as error:
        refusal, status = sentence(error), HTTPStatus.CONFLICT
    except InsufficientFunds:
        refusal, status = str(TOO_DEAR), HTTPStatus.PAYMENT_REQUIRED
    else:
        messages.success(request, _("Accepted. Until the moment it names, your price stays."))
        return redirect("reservation", row.public_id)
    return reservations.show(request, principal, reservation, refusal=refusal, status=status)


@require_POST
@member(roles.RENT)
def instruct(request: HttpRequest, principal: Principal, reservation: UUID) -> HttpResponse:
    """Say what shall become of it if a machine of it is lost."""
    row = get_object_or_404(reservations.mine(principal), public_id=reservation)
    form = InstructForm(request.POST)
    refusal, status = _("Choose one of the two."), HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        wish = form.cleaned_data["if_lost"]
        try:
            brokerage.instruct(reservation=row, if_lost=wish, by=principal.user, at=now())
        except IllegalMove:
            refusal, status = str(reservations.MOVED_ON), HTTPStatus.CONFLICT
        else:
            messages.success(request, _("Noted."))
            return redirect("reservation", row.public_id)
    return reservations.show(request, principal, reservation, refusal=refusal, status=status)
