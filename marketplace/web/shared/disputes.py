"""Disputes, as renter and provider see them: what was said, by when somebody must act."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.billing import services as billing
from marketplace.billing.models import RentalDispute
from marketplace.billing.services import BadDispute
from marketplace.billing.states import RentalDisputeState
from marketplace.brokerage.models import Reservation
from marketplace.core.idempotency import KeyReused
from marketplace.core.states import IllegalMove, LostRace
from marketplace.web.access import member
from marketplace.web.limits import limited, user
from marketplace.web.said import said

from .forms import ClaimForm, DisputeAnswerForm

A_PAGE = 50
HOUR = 3600
MOVED_ON = gettext_lazy(
    "The dispute moved on in the meantime; nothing was changed. This is how it stands."
)
REUSED = gettext_lazy(
    "This form was sent before with other content. Nothing new was raised; send it again."
)


def _seen(principal: Principal) -> QuerySet[RentalDispute]:
    own = principal.organisation
    rows = RentalDispute.objects.filter(Q(renter=own) | Q(provider=own))
    return rows.select_related("reservation__offer__chip", "credit_note__invoice")


@require_safe
@member()
def disputes(request: HttpRequest, principal: Principal) -> HttpResponse:
    rows = _seen(principal).order_by("-pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "shared/disputes.html", {"page": page})


@require_safe
@member()
def dispute(request: HttpRequest, principal: Principal, dispute: UUID) -> HttpResponse:
    return _show(request, principal, dispute)


def _show(
    request: HttpRequest,
    principal: Principal,
    public_id: UUID,
    form: DisputeAnswerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    row = get_object_or_404(_seen(principal), public_id=public_id)
    mine = row.renter_id == principal.organisation.pk
    waits = row.state == RentalDisputeState.OPEN and now() < row.answer_by
    may_answer = not mine and waits and principal.may(roles.PROVIDE)
    context = {
        "row": row,
        "mine": mine,
        "entries": row.entries.order_by("pk"),
        "form": (form or DisputeAnswerForm()) if may_answer else None,
        "can_withdraw": mine and principal.may(roles.PAY) and row.is_open,
    }
    return render(request, "shared/dispute.html", context, status=status)


@require_POST
@member(roles.PROVIDE)
@limited("dispute-answer", most=30, seconds=HOUR, by=user)
def answer(request: HttpRequest, principal: Principal, dispute: UUID) -> HttpResponse:
    rows = RentalDispute.objects.filter(provider=principal.organisation)
    row = get_object_or_404(rows, public_id=dispute)
    form = DisputeAnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, principal, dispute, form, 422)
    try:
        billing.answer_dispute(
            dispute=row, text=form.cleaned_data["text"], by=principal.user, at=now()
        )
    except BadDispute as error:
        messages.error(request, _("The answer %(fault)s.") % {"fault": said(error.message)})
    else:
        messages.success(request, _("Your answer is on record. We will rule on the dispute."))
    return redirect("dispute", row.public_id)


@require_POST
@member(roles.PAY)
def withdraw(request: HttpRequest, principal: Principal, dispute: UUID) -> HttpResponse:
    rows = RentalDispute.objects.filter(renter=principal.organisation)
    row = get_object_or_404(rows, public_id=dispute)
    try:
        billing.withdraw_dispute(dispute=row, by=principal.user, at=now())
    except (IllegalMove, LostRace):
        messages.error(request, MOVED_ON)
    else:
        messages.success(request, _("Withdrawn. Nothing was changed but that."))
    return redirect("dispute", row.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member(roles.PAY)
@limited("dispute", most=10, seconds=HOUR, by=user)
def claim(request: HttpRequest, principal: Principal, reservation: UUID) -> HttpResponse:
    """The form that claims money back for a settled reservation."""
    rows = Reservation.objects.filter(renter=principal.organisation)
    row = get_object_or_404(rows.select_related("offer__chip"), public_id=reservation)
    form = ClaimForm(request.POST if request.method == "POST" else None)
    made = _raise(form, row, principal) if form.is_valid() else None
    if made is not None:
        messages.success(
            request, _("Your dispute is raised. The provider has been asked to answer.")
        )
        return redirect("dispute", made.public_id)
    status = 422 if form.errors else 200
    return render(request, "renter/claim.html", {"row": row, "form": form}, status=status)


def _raise(form: ClaimForm, row: Reservation, principal: Principal) -> RentalDispute | None:
    try:
        return billing.raise_dispute(
            reservation=row,
            claim=form.cleaned_data["claim"],
            claimed_micro=form.cleaned_data["amount"],
            by=principal.user,
            key=form.key,
            at=now(),
        )
    except BadDispute as error:
        names = {"claim": "claim", "claimed_micro": "amount"}
        form.add_error(
            names.get(error.field), _("This %(fault)s.") % {"fault": said(error.message)}
        )
    except KeyReused:
        form.add_error(None, REUSED)
    return None
