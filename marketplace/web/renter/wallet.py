"""Money: the wallet and top-ups."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.billing import services as billing
from marketplace.billing.models import AutoTopUp, Refund, TopUp
from marketplace.billing.services import BadTopUp
from marketplace.billing.states import TopUpState
from marketplace.brokerage.models import ROLLING, Reservation
from marketplace.core.idempotency import KeyReused
from marketplace.web.access import member
from marketplace.web.limits import limited, user
from marketplace.web.live.streams import stream
from marketplace.web.said import said

from .cards import at_stripe, back
from .money_forms import AutoTopUpForm, TopUpForm

HOUR = 3600
A_PAGE = 50
A_FEW = 10
#: seconds after which a page without scripts looks again while a top-up waits for Stripe
LOOK_AGAIN = "5"
REUSED = gettext_lazy(
    "This form was sent before with other content. Nothing new was asked for; send it again."
)


@require_safe
@member()
def wallet(request: HttpRequest, principal: Principal) -> HttpResponse:
    return show(request, principal)


def _form(principal: Principal, data: QueryDict | None = None) -> TopUpForm:
    return TopUpForm(data, cards=billing.cards(organisation=principal.organisation).order_by("pk"))


def show(
    request: HttpRequest,
    principal: Principal,
    *,
    form: TopUpForm | None = None,
    auto_form: AutoTopUpForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The wallet page, with a form as it came back if one did."""
    organisation = principal.organisation
    setting = AutoTopUp.objects.filter(organisation=organisation).first()
    context = {
        "form": form or _form(principal),
        "auto_form": auto_form or AutoTopUpForm.of(setting),
        "auto": setting,
        "notices": organisation.wallet_notices.filter(put_away_at=None).order_by("pk"),
        "refunds": Refund.objects.filter(lot__organisation=organisation).order_by("-pk")[:A_FEW],
        "promotional": billing.promotional_credit(organisation=organisation, at=now()),
        **_live(request, principal),
    }
    asked = request.method == "GET"
    context["look_again"] = LOOK_AGAIN if asked and _waits(context["page"]) else None
    answer = render(request, "renter/wallet.html", context, status=status)
    if asked and "from" in request.GET:
        # once after a visit to Stripe, whose word may come a little later
        answer["Refresh"] = f"{LOOK_AGAIN}; url={reverse('wallet')}"
    return answer


def _live(request: HttpRequest, principal: Principal) -> dict[str, Any]:
    """What changes by itself."""
    organisation = principal.organisation
    rows = TopUp.objects.filter(organisation=organisation).order_by("-pk")
    owes = billing.owes_micro(organisation=organisation)
    cards = list(billing.cards(organisation=organisation).order_by("pk"))
    return {
        "cards": cards,
        "card_names": {card.payment_method: said(card) for card in cards},
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "owes": owes,
        "balance": billing.wallet(organisation=organisation),
        "forecast": billing.forecast(organisation=organisation, at=now()),
        "rolling": Reservation.objects.filter(ROLLING, renter=organisation),
        "grace": billing.grace_micro(organisation=organisation, at=now()) if owes > 0 else 0,
        "may_pay": principal.may(roles.PAY),
    }


def _waits(page: Page[TopUp]) -> bool:
    """Whether a top-up waits for Stripe."""
    return any(row.state == TopUpState.PENDING and row.payment_method for row in page)


@require_safe
@member()
def wallet_now(request: HttpRequest, principal: Principal) -> HttpResponse:
    context = {"fragment": True, **_live(request, principal)}
    return render(request, "renter/wallet/now.html", context)


@require_safe
@member()
def wallet_events(request: HttpRequest, principal: Principal) -> HttpResponse:
    return stream(request, principal.organisation)


@require_POST
@member(roles.PAY)
@limited("top-up", most=30, seconds=HOUR, by=user)
@at_stripe
def top_up(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Ask for money from a card; the same page sent twice asks once."""
    form = _form(principal, request.POST)
    if not form.is_valid():
        return show(request, principal, form=form, status=422)
    try:
        return _ask(request, principal, form)
    except BadTopUp as error:
        name = "payment_method" if error.field == "payment_method" else "amount"
        form.add_error(name, _("This %(fault)s.") % {"fault": said(error.message)})
    except KeyReused:
        form = _form(principal)
        messages.error(request, REUSED)
    return show(request, principal, form=form, status=422)


def _ask(request: HttpRequest, principal: Principal, form: TopUpForm) -> HttpResponse:
    facts = {
        "organisation": principal.organisation,
        "by": principal.user,
        "amount_micro": form.cleaned_data["amount"],
        "key": form.key,
        "at": now(),
    }
    if form.on_stripes_page:
        page = billing.top_up_page(back=back(), save_card=form.cleaned_data["save_card"], **facts)
        return HttpResponseRedirect(page.url)
    billing.top_up(payment_method=form.cleaned_data["payment_method"], **facts)
    messages.success(request, _("Asked Stripe. The money shows below as soon as it has arrived."))
    return redirect("wallet")
