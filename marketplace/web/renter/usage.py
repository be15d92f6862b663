"""What a reservation and its leases used and cost so far."""

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from marketplace.billing.models import Charge
from marketplace.brokerage.models import Lease, Reservation
from marketplace.metering.models import BilledMs


def leases(of: Reservation) -> QuerySet[Lease]:
    """Leases in GPU order, each with `used_ms` (billed time) and `charged` (micro-units so far)."""
    charged = (
        Charge.objects.filter(lease=OuterRef("pk"))
        .values("lease")
        .annotate(total=Sum("amount_micro"))
    )
    return (
        Lease.objects.filter(assignment__reservation=of)
        .select_related("gpu__machine", "assignment__machine")
        .annotate(
            used_ms=BilledMs("pk"),
            charged=Coalesce(
                Subquery(charged.values("total"), output_field=IntegerField()), Value(0)
            ),
        )
        .order_by("assignment", "gpu__index")
    )


def charged_micro(of: Reservation) -> int:
    """What the whole reservation was charged so far."""
    rows = Charge.objects.filter(lease__assignment__reservation=of)
    return rows.aggregate(total=Sum("amount_micro"))["total"] or 0
