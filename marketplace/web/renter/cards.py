"""Cards and what may be taken from them: saved on Stripe's page, never typed here."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.billing import services as billing
from marketplace.billing.models import TopUp
from marketplace.billing.services import NoSuchCard, StripeDeclined, StripeRefused, StripeSilent
from marketplace.core.states import IllegalMove
from marketplace.web.access import MemberView, member
from marketplace.web.limits import limited, user
from marketplace.web.said import said

log = logging.getLogger(__name__)
P = ParamSpec("P")

HOUR = 3600
SILENT = gettext_lazy(
    "Stripe does not answer at the moment. Nothing was changed; try again in a minute."
)
REFUSED = gettext_lazy(
    "Stripe refused this. Nothing was changed; we were told and will look at it."
)


def back() -> str:
    """Where Stripe's pages lead back to."""
    return f"{settings.PUBLIC_URL}{reverse('wallet')}?from=stripe"


def at_stripe(view: MemberView[P]) -> MemberView[P]:
    """Say on the wallet page when Stripe could not be asked."""

    @wraps(view)
    def asked(
        request: HttpRequest, principal: Principal, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        try:
            return view(request, principal, *args, **kwargs)
        except StripeSilent:
            messages.error(request, SILENT)
        except StripeRefused:
            log.exception("Stripe refused what %s asked for", principal.organisation)
            messages.error(request, REFUSED)
        return redirect("wallet")

    return asked


@require_POST
@member(roles.PAY)
@limited("save-card", most=20, seconds=HOUR, by=user)
@at_stripe
def save(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Open Stripe's page on which a card is saved."""
    url = billing.save_card_page(organisation=principal.organisation, back=back(), key=str(uuid4()))
    return HttpResponseRedirect(url)


def _changed(verb: Callable[..., None], principal: Principal, card: UUID) -> HttpResponse:
    try:
        verb(organisation=principal.organisation, card=card, by=principal.user, at=now())
    except NoSuchCard as error:
        raise Http404 from error
    return redirect("wallet")


@require_POST
@member(roles.PAY)
def make_default(request: HttpRequest, principal: Principal, card: UUID) -> HttpResponse:
    return _changed(billing.choose_default, principal, card)


@require_POST
@member(roles.PAY)
def remove(request: HttpRequest, principal: Principal, card: UUID) -> HttpResponse:
    answer = _changed(billing.remove_card, principal, card)
    messages.success(request, _("The card was removed. It cannot be charged any more."))
    return answer


@require_POST
@member(roles.PAY)
@limited("confirm-top-up", most=30, seconds=HOUR, by=user)
@at_stripe
def confirm(request: HttpRequest, principal: Principal, top_up: UUID) -> HttpResponse:
    """To the bank that wants to hear from the card's owner."""
    try:
        url = billing.confirm_page(
            organisation=principal.organisation, top_up=top_up, back=back(), at=now()
        )
    except TopUp.DoesNotExist as error:
        raise Http404 from error
    except IllegalMove:
        messages.info(request, _("This payment does not wait for you any more."))
        return redirect("wallet")
    except StripeDeclined as error:
        messages.error(request, said(error))
        return redirect("wallet")
    return HttpResponseRedirect(url) if url else redirect("wallet")


@require_POST
@member()
def put_away(request: HttpRequest, principal: Principal, notice: UUID) -> HttpResponse:
    row = get_object_or_404(principal.organisation.wallet_notices, public_id=notice)
    billing.put_away(organisation=principal.organisation, notice=row.public_id, at=now())
    return redirect("wallet")
