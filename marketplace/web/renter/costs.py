"""What one reservation cost, line by line, as it was settled."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from marketplace.accounts.services import Principal
from marketplace.billing import services as billing
from marketplace.billing.models import CostStatement
from marketplace.web.access import member


@require_safe
@member()
def cost(request: HttpRequest, principal: Principal, reservation: UUID) -> HttpResponse:
    rows = CostStatement.objects.filter(organisation=principal.organisation)
    row = get_object_or_404(
        rows.select_related("reservation__offer__chip", "reservation__offer__machine__site"),
        reservation__public_id=reservation,
    )
    context = {
        "row": row,
        "lines": row.lines.order_by("pk"),
        "fees": row.reservation.changes.with_fee().order_by("pk"),
        "kept": row.reservation.keepings.charged().first(),
        "statement": billing.latest_statement(reservation=row.reservation),
    }
    return render(request, "renter/cost.html", context)
