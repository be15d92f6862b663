"""Getting paid: the account with Stripe, the payouts, and what each is made of."""

import csv
from collections.abc import AsyncIterator, Generator
from datetime import timedelta
from itertools import islice
from typing import cast
from uuid import UUID

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.accounts.services import Principal
from marketplace.billing import services as billing
from marketplace.billing.models import BankPayout, Payout
from marketplace.core.limits import count
from marketplace.web.access import payee
from marketplace.web.limits import limited, user
from marketplace.web.said import said
from marketplace.web.sentences import sentence

from .forms import PayoutAccountForm

HOUR = 3600
WINDOW = timedelta(seconds=HOUR)
A_PAGE = 50
#: lines of a file that are sent together
A_PART = 500
#: in the address to which Stripe sends people back
BACK = "from-stripe"


@require_safe
@payee
def payouts(request: HttpRequest, principal: Principal) -> HttpResponse:
    rows = _own(principal).order_by("-pk")
    account = billing.payouts.payout_account(organisation=principal.organisation)
    context = {
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "earned": billing.payouts.earned(organisation=principal.organisation),
        "standing": account.standing if account else "new",
        "held": billing.payouts.is_held(organisation=principal.organisation),
        "bank": BankPayout.objects.filter(account=account).order_by("-pk")[:A_PAGE],
    }
    return render(request, "provider/payouts.html", context)


def _own(principal: Principal) -> QuerySet[Payout]:
    return Payout.objects.filter(organisation=principal.organisation)


@require_safe
@payee
def payout(request: HttpRequest, principal: Principal, payout: UUID) -> HttpResponse:
    """The statement of a payout, by rental."""
    row = get_object_or_404(_own(principal), public_id=payout)
    rentals = billing.payouts.rentals(payout=row)
    context = {
        "row": row,
        "sums": billing.payouts.statement(payout=row),
        "page": Paginator(rentals, A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "provider/payout.html", context)


class _Echo:
    """A file that hands each line on instead of keeping it."""

    def write(self, line: str) -> str:
        return line


@require_safe
@payee
def charges(request: HttpRequest, principal: Principal, payout: UUID) -> HttpResponse:
    """Every charge of a payout as CSV, however many."""
    row = get_object_or_404(_own(principal), public_id=payout)
    lines = _lines(row)
    body = _in_parts(lines) if isinstance(request, ASGIRequest) else lines
    answer = StreamingHttpResponse(body, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="payout-{row.public_id}.csv"'
    return cast(HttpResponse, answer)  # a stream is one to whoever calls the view


def _lines(row: Payout) -> Generator[str]:
    sheet = csv.writer(_Echo())
    return (sheet.writerow(line) for line in billing.payouts.charge_rows(payout=row))


async def _in_parts(lines: Generator[str]) -> AsyncIterator[str]:
    """Django would read all of them into memory before it sends the first."""
    try:
        while part := await sync_to_async(lambda: "".join(islice(lines, A_PART)))():
            yield part
    finally:
        await sync_to_async(lines.close)()


@require_http_methods(["GET", "HEAD", "POST"])
@payee
@limited("payout-account", most=30, seconds=HOUR, by=user)
def account(request: HttpRequest, principal: Principal) -> HttpResponse:
    """How the account with Stripe stands; a POST gets the page there to go on with."""
    known = billing.payouts.payout_account(organisation=principal.organisation)
    if known and BACK in request.GET and count(name=BACK, who=user(request), window=WINDOW) <= 30:
        billing.payouts.come_back(account=known, at=now())
    posted = request.method == "POST"
    form = PayoutAccountForm(request.POST if posted else None)
    url, status = "", 200
    if posted:
        url = _link(request, principal, form, known.country if known else "")
        status = 200 if url else 422
        known = billing.payouts.payout_account(organisation=principal.organisation)
    context = {
        "account": known,
        "standing": known.standing if known else "new",
        "form": form,
        "onward": url,
    }
    return render(request, "provider/payout_account.html", context, status=status)


def _link(request: HttpRequest, principal: Principal, form: PayoutAccountForm, country: str) -> str:
    """Stripe's page; empty when there is none, and the form says why."""
    valid = form.is_valid()
    if not country and not valid:
        return ""
    try:
        return billing.payouts.onboard(
            organisation=principal.organisation,
            by=principal.user,
            country=country or form.cleaned_data["country"],
            back_url=request.build_absolute_uri(f"{reverse('payout-account')}?{BACK}"),
            at=now(),
        )
    except billing.payouts.NoLink as error:
        form.add_error(None, sentence(error))
    except billing.payouts.BadRecipient as error:
        form.add_error("country", _("This %(fault)s.") % {"fault": said(error.message)})
    return ""
