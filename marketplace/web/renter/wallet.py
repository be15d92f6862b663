"""Money: the wallet, top-ups and invoices."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.billing import services as billing
from marketplace.billing.models import Invoice, TopUp
from marketplace.billing.services import BadTopUp
from marketplace.billing.states import TopUpState
from marketplace.core.idempotency import KeyReused
from marketplace.web.access import member
from marketplace.web.limits import limited, user

from .forms import FakeStripeTopUpForm, TopUpForm

HOUR = 3600
A_PAGE = 50
#: seconds after which the page looks again while a top-up waits for Stripe
LOOK_AGAIN = "5"
REUSED = "This form was sent before with other content. Nothing new was asked for; send it again."


def _form() -> type[TopUpForm]:
    return FakeStripeTopUpForm if settings.FAKE_STRIPE_URL else TopUpForm


@require_safe
@member()
def wallet(request: HttpRequest, principal: Principal) -> HttpResponse:
    return _show(request, principal, _form()())


def _show(
    request: HttpRequest, principal: Principal, form: TopUpForm, status: int = 200
) -> HttpResponse:
    rows = TopUp.objects.filter(organisation=principal.organisation).order_by("-pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "balance": billing.wallet(organisation=principal.organisation),
        "may_pay": principal.may(roles.PAY),
    }
    answer = render(request, "renter/wallet.html", context, status=status)
    if not form.is_bound and any(row.state == TopUpState.PENDING for row in page):
        answer["Refresh"] = LOOK_AGAIN
    return answer


@require_POST
@member(roles.PAY)
@limited("top-up", most=30, seconds=HOUR, by=user)
def top_up(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Ask for money from a card; the same page sent twice asks once."""
    form = _form()(request.POST)
    if not form.is_valid():
        return _show(request, principal, form, 422)
    try:
        billing.top_up(
            organisation=principal.organisation,
            by=principal.user,
            amount_micro=form.cleaned_data["amount"],
            payment_method=form.cleaned_data["payment_method"],
            key=form.key,
            at=now(),
        )
    except BadTopUp as error:
        name = "payment_method" if error.field == "payment_method" else "amount"
        form.add_error(name, f"This {error.message}.")
    except KeyReused:
        form = _form()()
        messages.error(request, REUSED)
    else:
        messages.success(request, "Asked Stripe. The money shows below as soon as it has arrived.")
        return redirect("wallet")
    return _show(request, principal, form, 422)


@require_safe
@member()
def invoices(request: HttpRequest, principal: Principal) -> HttpResponse:
    rows = _invoices(principal).order_by("-pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "renter/invoices.html", {"page": page})


@require_safe
@member()
def invoice(request: HttpRequest, principal: Principal, invoice: UUID) -> HttpResponse:
    row = get_object_or_404(_invoices(principal), public_id=invoice)
    context = {
        "row": row,
        "lines": row.lines.order_by("pk"),
        "statement": billing.latest_statement(reservation=row.reservation),
    }
    return render(request, "renter/invoice.html", context)


def _invoices(principal: Principal) -> QuerySet[Invoice]:
    rows = Invoice.objects.filter(organisation=principal.organisation)
    return rows.select_related("reservation__offer__chip", "reservation__offer__machine__site")
