"""My reservations: what they do now, what happens next, and the acts on them."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.billing import services as billing
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.keepings import KeepingState
from marketplace.brokerage.models import Keeping, Reservation
from marketplace.brokerage.services import FeeChanged, HoldExpired, NotCleared, PaymentLate
from marketplace.brokerage.states import State
from marketplace.core.idempotency import KeyReused
from marketplace.core.refusals import BadField
from marketplace.core.states import IllegalMove, LostRace
from marketplace.ledger.services import InsufficientFunds
from marketplace.web.access import member
from marketplace.web.live.streams import stream

from . import showing
from .change_forms import GiveUpForm
from .changing import explain, this_is

A_PAGE = 50
#: seconds after which a page without scripts looks again, while something may happen by itself
LOOK_AGAIN = {
    State.REQUESTED: 3,
    State.CLEARED: 3,
    State.CONFIRMED: 15,
    State.PAYMENT_DUE: 15,
    State.ACTIVE: 15,
    State.ENDED: 15,
}
MOVED_ON = gettext_lazy(
    "The reservation moved on in the meantime; nothing was changed. This is how it stands."
)
#: acts that let what runs until it is stopped go on, or not; and what is told
SWITCHED = {
    "roll-on": (True, gettext_lazy("It goes on until you stop it.")),
    "let-end": (False, gettext_lazy("It ends where it ends now, unless you switch that back.")),
}


def mine(principal: Principal) -> QuerySet[Reservation]:
    """Those of the visitor's organisation; to everybody else they do not exist."""
    rows = Reservation.objects.filter(renter=principal.organisation)
    related = ("offer__chip", "offer__machine__site__operator", "offer__schedule", "hold")
    return rows.select_related(*related, "decision", "cost_statement", "resumes__reservation")


@require_safe
@member()
def reservations(request: HttpRequest, principal: Principal) -> HttpResponse:
    kept = Keeping.objects.filter(state=KeepingState.KEPT)
    rows = mine(principal).prefetch_related(Prefetch("keepings", kept, to_attr="kept"))
    rows = rows.order_by("-pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "renter/reservations.html", {"page": page})


@require_safe
@member()
def reservation(request: HttpRequest, principal: Principal, reservation: UUID) -> HttpResponse:
    return show(request, principal, reservation)


def show(
    request: HttpRequest,
    principal: Principal,
    public_id: UUID,
    *,
    refusal: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    row = get_object_or_404(mine(principal), public_id=public_id)
    at = now()
    shown = showing.live(principal, row, at)
    context = {
        **shown,
        **showing.acts(principal, row, at, shown),
        **showing.still(row),
        "refusal": refusal,
        "look_again": None if refusal else LOOK_AGAIN.get(State(row.state)),
    }
    return render(request, "renter/reservation.html", context, status=status)


@require_safe
@member()
def reservation_now(request: HttpRequest, principal: Principal, reservation: UUID) -> HttpResponse:
    """What of the page may have changed; the acts only where others are open than were `seen`."""
    row = get_object_or_404(mine(principal), public_id=reservation)
    at = now()
    context = showing.live(principal, row, at)
    if request.GET.get("seen") != context["version"]:
        context |= {"with_acts": True, **showing.acts(principal, row, at, context)}
    context |= {"fragment": True, **showing.still(row)}
    return render(request, "renter/reservation/now.html", context)


@require_safe
@member()
def reservation_events(
    request: HttpRequest, principal: Principal, reservation: UUID
) -> HttpResponse:
    return stream(request, get_object_or_404(mine(principal), public_id=reservation))


@require_safe
@member()
def statement(request: HttpRequest, principal: Principal, reservation: UUID) -> HttpResponse:
    """The usage statement as a file; there is none before the reservation is settled."""
    row = get_object_or_404(mine(principal), public_id=reservation)
    made = showing.statement_of(row)
    if made is None:
        raise Http404
    name, content = billing.statement_file(statement=made)
    attached = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/json", headers=attached)


@require_POST
@member(roles.RENT)
def act(request: HttpRequest, principal: Principal, reservation: UUID, verb: str) -> HttpResponse:
    """Confirm, pay, cancel, stop, let go on or end; a refusal shows how the reservation stands."""
    row = get_object_or_404(mine(principal), public_id=reservation)
    try:
        said = _do(verb, row, principal, GiveUpForm(request.POST))
    except (IllegalMove, LostRace):
        refusal, status = str(MOVED_ON), HTTPStatus.CONFLICT
    except PaymentLate:
        refusal, status = _("The time to pay is over."), HTTPStatus.CONFLICT
    except HoldExpired:
        refusal, status = _("The hold ran out. Reserve again."), HTTPStatus.CONFLICT
    except NotCleared as error:
        refusal, status = this_is(error), HTTPStatus.FORBIDDEN
    except (FeeChanged, BadField, InsufficientFunds, KeyReused) as error:
        refusal, status = explain(error)
    else:
        messages.success(request, said)
        return redirect("reservation", row.public_id)
    return show(request, principal, reservation, refusal=refusal, status=status)


def _do(verb: str, row: Reservation, principal: Principal, form: GiveUpForm) -> str:
    """Carry the act out and return what to tell."""
    at = now()
    if verb == "confirm":
        brokerage.confirm(reservation=row, at=at)
        return _("Booked.")
    if verb == "pay":
        brokerage.pay(reservation=row, by=principal.user, at=at)
        return _("Paid. It starts with its window.")
    if verb in SWITCHED:
        on, told = SWITCHED[verb]
        brokerage.roll_on(reservation=row, on=on, by=principal.user, at=at)
        return str(told)
    agreed: dict[str, Any] = {}
    if form.is_valid():
        agreed = {"key": form.key, "agreed_fee_micro": form.cleaned_data["fee"]}
    if verb == "cancel":
        brokerage.cancel(reservation=row, by=principal.user, at=at, **agreed)
        return _("Cancelled. What was set aside has gone back, less the fee if there was one.")
    brokerage.stop(reservation=row, by=principal.user, at=at, **agreed)
    return _("Stopped. What was used is charged, the rest of the hold goes back.")
