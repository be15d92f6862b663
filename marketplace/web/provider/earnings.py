from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import F, Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from marketplace.accounts.models import Organisation
from marketplace.accounts.services import Principal
from marketplace.billing.models import Charge
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind
from marketplace.web.access import provider

A_PAGE = 50


@require_safe
@provider
def earnings(request: HttpRequest, principal: Principal) -> HttpResponse:
    """What was earned and not paid out yet, by the ledger, and the rentals it came from."""
    rows = (
        Charge.objects.filter(lease__gpu__machine__site__operator=principal.organisation)
        .values(
            reservation=F("lease__assignment__reservation__public_id"),
            machine=F("lease__gpu__machine__name"),
        )
        .annotate(
            until=Max("charged_at"),
            charged=Sum("amount_micro"),
            fee=Sum("fee_micro"),
            yours=Sum("provider_micro"),
        )
        .order_by("-until", "reservation", "machine")
    )
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "pending": pending_micro(principal.organisation)}
    return render(request, "provider/earnings.html", context)


def pending_micro(of: Organisation) -> int:
    """What the ledger owes the provider and has not paid out, micro-units."""
    account = ledger.account(
        kind=Kind.PROVIDER_PENDING, owner=of.public_id, currency=settings.CURRENCY
    )
    return ledger.net_micro(account=account)
