"""Discounts as rows: put on record by staff, counting for what is asked for from then on."""

from datetime import datetime

from django.db import transaction

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.trail import trail
from marketplace.billing.models import Discount


def record_discount(
    *,
    kind: str,
    organisation: Organisation | None,
    threshold: int,
    currency: str,
    share_bps: int,
    by: User,
    at: datetime,
) -> Discount:
    """Spare renters this share of the price from now on; what is booked already keeps its terms.

    A row of the same kind, renter and threshold follows the one before; a share of 0 ends it.
    """
    with transaction.atomic():
        made = Discount.objects.create(
            kind=kind,
            organisation=organisation,
            threshold=threshold,
            currency=currency,
            share_bps=share_bps,
            since=at,
            recorded_by=by,
            recorded_at=at,
            created_at=at,
        )
        trail(verb="recorded a discount", subject=made, by=by, at=at)
    return made
