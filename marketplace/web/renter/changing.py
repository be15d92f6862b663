"""Another end for a booking, in two steps: what it means, then yes."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_stubs_ext import StrOrPromise

from compliance.services import LicenceSpent
from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.billing import services as billing
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Reservation
from marketplace.brokerage.services import (
    CannotKeep,
    Consequence,
    FeeChanged,
    NotCleared,
    NotClearedNow,
    WindowTaken,
)
from marketplace.brokerage.states import State
from marketplace.core.idempotency import KeyReused
from marketplace.core.refusals import BadField
from marketplace.core.states import IllegalMove, LostRace
from marketplace.ledger.services import InsufficientFunds, WalletFrozen
from marketplace.web.access import member
from marketplace.web.forms import dollars
from marketplace.web.limits import limited, user
from marketplace.web.said import said
from marketplace.web.sentences import sentence

from .change_forms import ChangeForm, EndForm

HOUR = 3600
BOOKED = (State.CONFIRMED, State.ACTIVE)
REFUSALS = (
    BadField,
    CannotKeep,
    FeeChanged,
    IllegalMove,
    InsufficientFunds,
    KeyReused,
    LicenceSpent,
    LostRace,
    NotCleared,
    WindowTaken,
)


@require_POST
@member(roles.RENT)
@limited("change", most=300, seconds=HOUR, by=user)
def change(request: HttpRequest, principal: Principal, reservation: UUID) -> HttpResponse:
    """Say what another end would mean; changes nothing."""
    row = _mine(principal, reservation)
    form = EndForm(request.POST)
    if not form.is_valid():
        return _show(request, row, form, None, _("Write the new end as a date and a time."), 422)
    until = form.cleaned_data["end"]
    try:
        found = brokerage.consequence(reservation=row, until=until, at=now())
    except REFUSALS as error:
        return _show(request, row, form, None, *explain(error))
    facts = {"end": until.isoformat(), "fee": found.fee_micro, "token": uuid4()}
    return _show(request, row, ChangeForm(initial=facts), found)


@require_POST
@member(roles.RENT)
@limited("make-change", most=60, seconds=HOUR, by=user)
def make_change(request: HttpRequest, principal: Principal, reservation: UUID) -> HttpResponse:
    """Make the change that was shown; the same page sent twice makes it once."""
    row = _mine(principal, reservation)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return _show(request, row, form, None, _("The page did not arrive whole. Look again."), 422)
    try:
        _make(row, form, principal, now())
    except REFUSALS as error:
        return _show(request, row, form, None, *explain(error))
    messages.success(request, _("The end has moved."))
    return redirect("reservation", row.public_id)


def _make(row: Reservation, form: ChangeForm, principal: Principal, at: datetime) -> None:
    until, by = form.cleaned_data["end"], principal.user
    if until > row.during.upper:
        billing.extend(reservation=row, until=until, key=form.key, by=by, at=at)
    else:
        brokerage.shorten(
            reservation=row,
            until=until,
            key=form.key,
            by=by,
            at=at,
            agreed_fee_micro=form.cleaned_data["fee"],
        )


MOVED_ON = gettext_lazy("The reservation moved on in the meantime; nothing was changed.")
#: by refusal: what is said, and under which status
SAID: dict[type[Exception], tuple[StrOrPromise, HTTPStatus]] = {
    InsufficientFunds: (
        gettext_lazy("The wallet does not cover this. Add money first."),
        HTTPStatus.PAYMENT_REQUIRED,
    ),
    WalletFrozen: (
        gettext_lazy("Your wallet is frozen while a payment into it is disputed. See your wallet."),
        HTTPStatus.FORBIDDEN,
    ),
    WindowTaken: (
        gettext_lazy("Somebody else has booked these GPUs before then. Take an earlier end."),
        HTTPStatus.CONFLICT,
    ),
    LicenceSpent: (gettext_lazy("The licence has too little left for this."), HTTPStatus.CONFLICT),
    KeyReused: (
        gettext_lazy("This page was sent before with other content. Nothing new was changed."),
        HTTPStatus.UNPROCESSABLE_ENTITY,
    ),
}
FIELDS = {
    "end": gettext_lazy("The end"),
    "hours": gettext_lazy("The hours"),
    "workload": gettext_lazy("What to run"),
    "workspace": gettext_lazy("The workspace"),
}


def explain(error: Exception) -> tuple[str, HTTPStatus]:
    """Why nothing was changed, in words, and under which status."""
    match error:
        case BadField():
            called = FIELDS.get(error.field, error.field)
            text = _("%(field)s %(fault)s.") % {"field": called, "fault": said(error.message)}
            return text, HTTPStatus.UNPROCESSABLE_ENTITY
        case FeeChanged():
            text = _("By now this costs %(fee)s. Look again, then decide.")
            return text % {"fee": dollars(error.fee_micro)}, HTTPStatus.CONFLICT
        case CannotKeep():
            return sentence(error), HTTPStatus.CONFLICT
        case NotClearedNow():
            return this_is(error), HTTPStatus.SERVICE_UNAVAILABLE
        case NotCleared():
            return this_is(error), HTTPStatus.FORBIDDEN
        case _:
            told, status = SAID.get(type(error), (MOVED_ON, HTTPStatus.CONFLICT))
            return str(told), status


def this_is(error: NotCleared) -> str:
    """What screening says now, as a sentence."""
    return _("This is %(standing)s.") % {"standing": said(error)}


def _mine(principal: Principal, public_id: UUID) -> Reservation:
    rows = Reservation.objects.filter(renter=principal.organisation).select_related(
        "offer__chip", "offer__machine__site__operator", "offer__schedule", "renter__party", "hold"
    )
    return get_object_or_404(rows, public_id=public_id)


def _show(
    request: HttpRequest,
    row: Reservation,
    form: EndForm,
    found: Consequence | None,
    refusal: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {"row": row, "form": form, "found": found, "refusal": refusal}
    return render(request, "renter/change.html", context, status=status)
