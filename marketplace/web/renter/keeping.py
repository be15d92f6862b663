"""A workspace that outlives its rental: what it costs at most, then yes; and given up."""

from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.billing import services as billing
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.keepings import KeepingState
from marketplace.brokerage.models import Keeping, Reservation
from marketplace.core.states import IllegalMove, LostRace
from marketplace.web.access import member
from marketplace.web.forms import dollars
from marketplace.web.limits import limited, user

from . import reservations
from .change_forms import GiveUpKeepingForm, KeepForm, MakeKeepForm
from .changing import REFUSALS, explain

HOUR = 3600


@require_POST
@member(roles.RENT)
@limited("keep", most=300, seconds=HOUR, by=user)
def keep(request: HttpRequest, principal: Principal, reservation: UUID) -> HttpResponse:
    """Say what keeping the workspace would cost at most; asks for nothing."""
    row = get_object_or_404(reservations.mine(principal), public_id=reservation)
    form = KeepForm(request.POST)
    if not form.is_valid():
        return _show(request, row, refusal=_("Write for how many hours, from 1 to 720."))
    hours = form.cleaned_data["hours"]
    try:
        most = brokerage.most_micro(reservation=row, hours=hours)
    except REFUSALS as error:
        text, status = explain(error)
        return _show(request, row, refusal=text, status=status)
    return _confirmation(request, principal, row, hours, most)


def _confirmation(
    request: HttpRequest, principal: Principal, row: Reservation, hours: int, most: int
) -> HttpResponse:
    available = billing.wallet(organisation=principal.organisation).available
    facts: dict[str, Any] = {
        "hours": hours,
        "most": most,
        "hourly": most // hours,
        "available": available,
        "left": available - most,
        "form": MakeKeepForm(initial={"hours": hours, "most": most, "token": uuid4()}),
    }
    return _show(request, row, status=HTTPStatus.OK, **facts)


@require_POST
@member(roles.RENT)
@limited("make-keep", most=60, seconds=HOUR, by=user)
def make_keep(request: HttpRequest, principal: Principal, reservation: UUID) -> HttpResponse:
    """Ask for what was shown; the same page sent twice asks once."""
    row = get_object_or_404(reservations.mine(principal), public_id=reservation)
    form = MakeKeepForm(request.POST)
    if not form.is_valid():
        return _show(request, row, refusal=_("The page did not arrive whole. Look again."))
    try:
        refusal = _keep(row, form, principal)
    except REFUSALS as error:
        text, status = explain(error)
        return _show(request, row, refusal=text, status=status)
    if refusal:
        return _show(request, row, refusal=refusal, status=HTTPStatus.CONFLICT)
    messages.success(request, _("Its workspace will be kept when it ends."))
    return redirect("reservation", row.public_id)


def _keep(row: Reservation, form: MakeKeepForm, principal: Principal) -> str:
    """Empty where it is kept; else why nothing was asked for."""
    hours, agreed = form.cleaned_data["hours"], form.cleaned_data["most"]
    most = brokerage.most_micro(reservation=row, hours=hours)
    if most != agreed:
        return _("By now this costs %(most)s at most. Look again, then decide.") % {
            "most": dollars(most)
        }
    brokerage.keep(reservation=row, hours=hours, by=principal.user, key=form.key, at=now())
    return ""


@require_POST
@member(roles.RENT)
def give_up(request: HttpRequest, principal: Principal, reservation: UUID) -> HttpResponse:
    """Take the wish back, or have what is kept deleted: only what the page that was sent said.

    Otherwise what was sent to take a wish back, a moment too late, would delete what is kept.
    """
    row = get_object_or_404(reservations.mine(principal), public_id=reservation)
    form = GiveUpKeepingForm(request.POST)
    seen = form.cleaned_data["state"] if form.is_valid() else ""
    try:
        keeping = row.keepings.live().get()
        brokerage.give_up_keeping(keeping=keeping, by=principal.user, at=now(), seen=seen)
    except (Keeping.DoesNotExist, IllegalMove, LostRace):
        refusal, status = str(reservations.MOVED_ON), HTTPStatus.CONFLICT
        return reservations.show(request, principal, reservation, refusal=refusal, status=status)
    messages.success(request, _given_up(seen))
    return redirect("reservation", row.public_id)


def _given_up(seen: str) -> str:
    if seen == KeepingState.WANTED:
        return _("It will be wiped when it ends. What was held for keeping it has gone back.")
    return _("Its machine deletes it now. What it cost is charged, the rest has gone back.")


def _show(
    request: HttpRequest,
    row: Reservation,
    *,
    refusal: str = "",
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY,
    **facts: Any,
) -> HttpResponse:
    context = {"row": row, "refusal": refusal, **facts}
    return render(request, "renter/keep.html", context, status=status)
