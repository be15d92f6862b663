"""Keep every movement of our balance as Stripe lists it."""

from datetime import UTC, datetime, timedelta

from django.db.models import Max

from marketplace.billing import stripe
from marketplace.billing.models import StripeMovement
from marketplace.billing.pairing import ledger_key

#: listed again each time, for what appears late
AGAIN = timedelta(days=1)
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


def collect_movements(*, at: datetime) -> int:
    """Store what moved our balance since the last time; returns how many were new.

    Raises Unavailable or Misused.
    """
    last = StripeMovement.objects.aggregate(last=Max("happened_at"))["last"]
    since = last - AGAIN if last else BEGINNING
    before = StripeMovement.objects.count()
    seen = stripe.list_movements(since=since, until=at + AGAIN)
    StripeMovement.objects.bulk_create(
        [_row(one, at) for one in seen], ignore_conflicts=True, batch_size=1000
    )
    return StripeMovement.objects.count() - before


def _row(one: stripe.Movement, at: datetime) -> StripeMovement:
    return StripeMovement(
        txn_id=one.id,
        type=one.type,
        category=one.category,
        amount_minor=one.amount,
        fee_minor=one.fee,
        net_minor=one.net,
        currency=one.currency,
        happened_at=one.happened_at,
        available_on=one.available_on,
        source=one.source,
        ledger_key=ledger_key(kind=one.type, txn=one.id, source=one.source, payment=one.payment_id),
        created_at=at,
    )
