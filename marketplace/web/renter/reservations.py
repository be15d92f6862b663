"""My reservations: what they do now, what happens next, and the acts on them."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from compliance import services as compliance
from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.billing import services as billing
from marketplace.billing.models import UsageStatement
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Reservation
from marketplace.brokerage.services import HoldExpired, NotCleared
from marketplace.brokerage.states import MOVES, State
from marketplace.core.states import IllegalMove, LostRace
from marketplace.web.access import member
from marketplace.web.words import RESERVATION

from . import usage

A_PAGE = 50
#: seconds after which the page looks again, while something is about to happen by itself
LOOK_AGAIN = {
    State.REQUESTED: 3,
    State.CLEARED: 3,
    State.CONFIRMED: 15,
    State.ACTIVE: 15,
    State.ENDED: 15,
}
NEVER_RAN = (State.REFUSED, State.EXPIRED, State.CANCELLED, State.FAILED)
MOVED_ON = "The reservation moved on in the meantime; nothing was changed. This is how it stands."


def _mine(principal: Principal) -> QuerySet[Reservation]:
    rows = Reservation.objects.filter(renter=principal.organisation)
    return rows.select_related("offer__chip", "offer__machine__site", "hold", "decision", "invoice")


@require_safe
@member()
def reservations(request: HttpRequest, principal: Principal) -> HttpResponse:
    rows = _mine(principal).order_by("-pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "renter/reservations.html", {"page": page})


@require_safe
@member()
def reservation(request: HttpRequest, principal: Principal, reservation: UUID) -> HttpResponse:
    return _show(request, principal, reservation)


def _show(
    request: HttpRequest,
    principal: Principal,
    public_id: UUID,
    *,
    refusal: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    row = get_object_or_404(_mine(principal), public_id=public_id)
    look_again = None if refusal else LOOK_AGAIN.get(State(row.state))
    context = {
        "row": row,
        "leases": usage.leases(row),
        "chosen": _chosen(row.workload),
        "assignments": usage.reached(row),
        "charged": usage.charged_micro(row),
        "most": 0 if row.state in NEVER_RAN else brokerage.cost_micro(row),
        "words": RESERVATION[row.state],
        "screening": compliance.public_reason(row.decision) if row.decision else "",
        "invoice": getattr(row, "invoice", None),
        "statement": billing.latest_statement(reservation=row)
        if row.state == State.SETTLED
        else None,
        "look_again": look_again,
        "refusal": refusal,
        **_acts(principal, row),
    }
    answer = render(request, "renter/reservation.html", context, status=status)
    if look_again:
        answer["Refresh"] = str(look_again)
    return answer


def _statement(row: Reservation) -> UsageStatement | None:
    return billing.latest_statement(reservation=row) if row.state == State.SETTLED else None


@require_safe
@member()
def statement(request: HttpRequest, principal: Principal, reservation: UUID) -> HttpResponse:
    """The usage statement as a file; there is none before the reservation is settled."""
    row = get_object_or_404(_mine(principal), public_id=reservation)
    made = _statement(row)
    if made is None:
        raise Http404
    name, content = billing.statement_file(statement=made)
    attached = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/json", headers=attached)


def _chosen(workload: dict[str, Any]) -> list[tuple[str, str]]:
    named = {"template": "Template", "image": "Image"}
    return [(word, workload[name]) for name, word in named.items() if name in workload]


def _acts(principal: Principal, row: Reservation) -> dict[str, bool]:
    may = principal.may(roles.RENT)
    return {
        "can_rent": may,
        "can_confirm": may and row.state == State.HELD,
        "can_cancel": may and State.CANCELLED in MOVES[row.state],
        "can_stop": may and row.state == State.ACTIVE,
    }


@require_POST
@member(roles.RENT)
def act(request: HttpRequest, principal: Principal, reservation: UUID, verb: str) -> HttpResponse:
    """Confirm, cancel or stop; a refusal shows the reservation as it stands now."""
    row = get_object_or_404(_mine(principal), public_id=reservation)
    try:
        said = _do(verb, row, principal)
    except (IllegalMove, LostRace):
        refusal, status = MOVED_ON, HTTPStatus.CONFLICT
    except HoldExpired:
        refusal, status = "The hold ran out. Reserve again.", HTTPStatus.CONFLICT
    except NotCleared as error:
        refusal, status = f"This is {error}.", HTTPStatus.FORBIDDEN
    else:
        messages.success(request, said)
        return redirect("reservation", row.public_id)
    return _show(request, principal, reservation, refusal=refusal, status=status)


def _do(verb: str, row: Reservation, principal: Principal) -> str:
    """Carry the act out and return what to tell."""
    at = now()
    if verb == "confirm":
        brokerage.confirm(reservation=row, at=at)
        return "Booked."
    if verb == "cancel":
        brokerage.cancel(reservation=row, by=principal.user, at=at)
        return "Cancelled. Everything that was set aside has gone back."
    brokerage.stop(reservation=row, by=principal.user, at=at)
    return "Stopped. What was used is charged, the rest of the hold goes back."
