"""The first rate of a reservation: what was booked, less the best discount it was due then."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, Sum

from marketplace.billing import rating
from marketplace.billing.models import Charge, Discount, RateSegment
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Reservation
from marketplace.catalog.pricing import milliseconds

VOLUME_OF = timedelta(days=30)
HOUR = timedelta(hours=1)


def open_rates(*, leases: Collection[int], at: datetime) -> None:
    """Give each reservation of these leases its first rate, if it has none.

    What stands in it follows from what was on record when the reservation was asked for, and none
    of that can change. So it does not matter when this is done, or whether two do it at once.
    """
    rows = Reservation.objects.filter(assignments__leases__in=leases, rates=None).distinct()
    fresh = list(rows.select_related("renter").prefetch_related("changes"))
    if not fresh:
        return
    discounts = list(Discount.objects.order_by("since", "pk"))
    RateSegment.objects.bulk_create(
        [_booked(row, discounts, at) for row in fresh], ignore_conflicts=True
    )


def _booked(of: Reservation, discounts: Collection[Discount], at: datetime) -> RateSegment:
    share = min(_share_bps(of, discounts), of.fee_bps)
    return RateSegment(
        reservation=of,
        version=1,
        since=of.during.lower,
        list_micro_per_gpu_hour=of.price_micro_per_gpu_hour,
        discount_bps=share,
        price_micro_per_gpu_hour=rating.discounted(
            price_micro=of.price_micro_per_gpu_hour, discount_bps=share
        ),
        fee_bps=of.fee_bps,
        currency=of.currency,
        minimum_ms=min(settings.MINIMUM_BILLED_SECONDS * 1_000, milliseconds(_length(of))),
        reason="as booked",
        opened_at=at,
        created_at=at,
    )


def _length(of: Reservation) -> timedelta:
    """As it was booked: what was changed later changes no rate."""
    length: timedelta = brokerage.booked_until(reservation=of) - of.during.lower
    return length


def _share_bps(of: Reservation, discounts: Collection[Discount]) -> int:
    """The best of the discounts that the reservation reaches; they do not add up.

    None on a bid, which commits nobody.
    """
    if of.interruptible:
        return 0
    latest = {
        (row.kind, row.organisation_id, row.threshold): row
        for row in discounts
        if row.currency == of.currency
        and row.since <= of.created_at
        and row.organisation_id in (None, of.renter_id)
    }
    reached = {
        # what runs until it is stopped commits nobody, however far its first window reaches
        Discount.Kind.COMMITMENT: 0 if of.rolling else _length(of) // HOUR,
        Discount.Kind.VOLUME: 0,
    }
    if any(row.kind == Discount.Kind.VOLUME for row in latest.values()):
        reached[Discount.Kind.VOLUME] = _volume_micro(of)
    shares = (
        row.share_bps
        for row in latest.values()
        if row.threshold <= reached[Discount.Kind(row.kind)]
    )
    return max(shares, default=0)


def _volume_micro(of: Reservation) -> int:
    """What the renter was charged in the 30 days before the reservation was asked for."""
    within = Q(charged_at__gte=of.created_at - VOLUME_OF, charged_at__lt=of.created_at)
    theirs = Q(lease__assignment__reservation__renter=of.renter_id, currency=of.currency)
    return Charge.objects.filter(within & theirs).aggregate(total=Sum("amount_micro"))["total"] or 0
