"""What one kind of account took in, day by day."""

from datetime import UTC, date, datetime, time

from django.db.models import Sum
from django.db.models.functions import TruncDate

from marketplace.ledger.models import Transfer


def daily(*, kind: str, currency: str, first: date) -> dict[date, int]:
    """Credits less debits of all accounts of the kind in micro-units, by day (UTC, of the fact).

    Days on which nothing moved are left out.
    """
    begins = datetime.combine(first, time.min, UTC)
    rows = Transfer.objects.filter(currency=currency, transaction__event_at__gte=begins)
    rows = rows.annotate(day=TruncDate("transaction__event_at", tzinfo=UTC))
    sums: dict[date, int] = {}
    for side, sign in (("credit", 1), ("debit", -1)):
        of_kind = rows.filter(**{f"{side}__kind": kind})
        for day, amount in of_kind.values_list("day").annotate(Sum("amount")):
            sums[day] = sums.get(day, 0) + sign * amount
    return sums
