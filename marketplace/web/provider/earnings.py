from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.billing import services as billing
from marketplace.web.access import provider

A_PAGE = 50


@require_safe
@provider
def earnings(request: HttpRequest, principal: Principal) -> HttpResponse:
    """What was earned and not paid out yet, by the ledger, and the rentals it came from."""
    rows = billing.payouts.all_rentals(provider=principal.organisation)
    context = {
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "earned": billing.payouts.earned(organisation=principal.organisation),
        "may_be_paid": principal.may(roles.PAY),
    }
    return render(request, "provider/earnings.html", context)
