"""From a wish to a reservation, in two steps: what it costs, then yes."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.billing import services as billing
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Keeping
from marketplace.brokerage.services import Ask
from marketplace.ledger.services import InsufficientFunds
from marketplace.web.access import member
from marketplace.web.limits import limited, user

from .forms import TOGETHER, AskForm, ConfirmForm
from .kept import own_keepings
from .offers import find, show
from .refusals import REFUSALS, Refusal, explain

HOUR = 3600
#: a start that is no later than this is as good as asked for
SOON = timedelta(minutes=1)
NOT_WHOLE = Refusal(None, _("The page did not arrive whole. Ask for the cost again."), 422)


@require_POST
@member(roles.RENT)
@limited("quote", most=300, seconds=HOUR, by=user)
def quote(request: HttpRequest, principal: Principal, offer: UUID) -> HttpResponse:
    """Say what it costs and what follows; books nothing."""
    wanted, at = find(offer), now()
    form = AskForm(request.POST)
    if not form.is_valid():
        return show(request, wanted, form)
    ask = form.ask(wanted, resumes=_resumed(form, principal), at=at.replace(microsecond=0))
    try:
        booked = _check(principal, ask, at)
    except REFUSALS as error:
        return _refused(request, principal, ask, error)
    return _confirmation(request, principal, form, ask, booked, at)


def _resumed(form: AskForm, principal: Principal) -> Keeping | None:
    """The kept workspace that the form names, one of the visitor's organisation."""
    named: UUID | None = form.cleaned_data["resumes"]
    return None if named is None else get_object_or_404(own_keepings(principal), public_id=named)


def _check(principal: Principal, ask: Ask, at: datetime) -> Ask:
    """As the broker would refuse it; a wallet that covers the deposit is enough to pay later."""
    try:
        return brokerage.check(renter=principal.organisation, ask=ask, at=at)
    except InsufficientFunds:
        if not brokerage.may_pay_at_start(ask=ask, at=at):
            raise
        later = replace(ask, pay_at_start=True)
        return brokerage.check(renter=principal.organisation, ask=later, at=at)


@require_POST
@member(roles.RENT)
@limited("reserve", most=60, seconds=HOUR, by=user)
def reserve(request: HttpRequest, principal: Principal, offer: UUID) -> HttpResponse:
    """Book what was quoted; the same page sent twice books once."""
    wanted, at = find(offer), now()
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return show(request, wanted, _as_sent(request), NOT_WHOLE)
    ask = form.ask(wanted, resumes=_resumed(form, principal), at=at)
    try:
        made = brokerage.request(
            renter=principal.organisation, by=principal.user, ask=ask, key=form.key, at=at
        )
    except REFUSALS as error:
        return _refused(request, principal, ask, error)
    return redirect("reservation", made.public_id)


@require_POST
@member(roles.RENT)
@limited("pin", most=60, seconds=HOUR, by=user)
def pin(request: HttpRequest, principal: Principal, offer: UUID) -> HttpResponse:
    """Keep what was quoted for some minutes; the same page sent twice keeps it once."""
    wanted, at = find(offer), now()
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return show(request, wanted, _as_sent(request), NOT_WHOLE)
    ask = form.ask(wanted, resumes=_resumed(form, principal), at=at)
    try:
        made = brokerage.pin(
            renter=principal.organisation,
            by=principal.user,
            ask=ask,
            key=f"pin:{form.key}",
            at=at,
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
    request: HttpRequest,
    principal: Principal,
    form: AskForm,
    ask: Ask,
    booked: Ask,
    at: datetime,
) -> HttpResponse:
    """`booked`: what the broker would make of it now; others may have to leave before."""
    cost, later = brokerage.quote_micro(ask=ask), replace(ask, pay_at_start=True)
    due = brokerage.due_micro(ask=later) if brokerage.may_pay_at_start(ask=ask, at=at) else 0
    balance = billing.wallet(organisation=principal.organisation)
    context = {
        "offer": ask.offer,
        "ask": ask,
        "begins": booked.start if booked.start - ask.start > SOON else None,
        "form": form.settled(ask),
        "where": dict(TOGETHER)[ask.together.value],
        "length": ask.end - ask.start,
        "cost": cost,
        "available": balance.available,
        "left": balance.available - cost,
        "due": due,
        "deposit": cost - due,
        "may_pay_now": not booked.pay_at_start,
        "environment": sorted(ask.workload["environment"]),
        "pin_minutes": settings.PIN_MINUTES,
        "may_pin": _may_pin(ask),
        "hourly": ask.price_micro * ask.gpu_count,
        "roll_step": brokerage.roll_step(),
        "longest": _longest(ask),
    }
    return render(request, "renter/confirm.html", context)


def _may_pin(ask: Ask) -> bool:
    plain = ask.spot_bid_micro is None and not ask.rolling and ask.resumes is None
    return plain and ask.gpu_count <= settings.PIN_GPUS


def _longest(ask: Ask) -> datetime | None:
    """When what runs until it is stopped ends at the latest, if its provider has a longest time."""
    most = ask.offer.max_window_s
    return None if most is None else ask.start + timedelta(seconds=most)
