"""From a wish to a reservation, in two steps: what it costs, then yes."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.billing import services as billing
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.services import Ask
from marketplace.web.access import member
from marketplace.web.limits import limited, user

from .forms import TOGETHER, AskForm, ConfirmForm
from .offers import find, show
from .refusals import REFUSALS, Refusal, explain

HOUR = 3600
NOT_WHOLE = Refusal(None, "The page did not arrive whole. Ask for the cost again.", 422)


@require_POST
@member(roles.RENT)
@limited("quote", most=300, seconds=HOUR, by=user)
def quote(request: HttpRequest, principal: Principal, offer: UUID) -> HttpResponse:
    """Say what it costs and what follows; books nothing."""
    wanted, at = find(offer), now()
    form = AskForm(request.POST)
    if not form.is_valid():
        return show(request, wanted, form)
    ask = form.ask(wanted, at=at.replace(microsecond=0))
    try:
        brokerage.check(renter=principal.organisation, ask=ask, at=at)
    except REFUSALS as error:
        return _refused(request, principal, ask, error)
    return _confirmation(request, principal, form, ask)


@require_POST
@member(roles.RENT)
@limited("reserve", most=60, seconds=HOUR, by=user)
def reserve(request: HttpRequest, principal: Principal, offer: UUID) -> HttpResponse:
    """Book what was quoted; the same page sent twice books once."""
    wanted, at = find(offer), now()
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return show(request, wanted, _as_sent(request), NOT_WHOLE)
    ask = form.ask(wanted, at=at)
    try:
        made = brokerage.request(
            renter=principal.organisation, by=principal.user, ask=ask, key=form.key, at=at
        )
    except REFUSALS as error:
        return _refused(request, principal, ask, error)
    return redirect("reservation", made.public_id)


def _refused(
    request: HttpRequest, principal: Principal, ask: Ask, error: Exception
) -> HttpResponse:
    balance = billing.wallet(organisation=principal.organisation).available
    return show(request, find(ask.offer.public_id), _as_sent(request), explain(error, ask, balance))


def _as_sent(request: HttpRequest) -> AskForm:
    form = AskForm(request.POST)
    form.full_clean()
    return form


def _confirmation(
    request: HttpRequest, principal: Principal, form: AskForm, ask: Ask
) -> HttpResponse:
    cost = brokerage.quote_micro(ask=ask)
    balance = billing.wallet(organisation=principal.organisation)
    context = {
        "offer": ask.offer,
        "ask": ask,
        "form": form.settled(ask),
        "where": dict(TOGETHER)[ask.together.value],
        "length": ask.end - ask.start,
        "cost": cost,
        "available": balance.available,
        "left": balance.available - cost,
        "environment": sorted(ask.workload["environment"]),
    }
    return render(request, "renter/confirm.html", context)
