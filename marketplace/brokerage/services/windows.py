"""Which windows may be booked: the market's bounds, and what the provider asks of its own."""

from datetime import datetime, timedelta

from django.conf import settings

from marketplace.brokerage.placement import Together
from marketplace.catalog.models import Offer
from marketplace.core.money import text_from_micro
from marketplace.core.refusals import BadField

#: "now" as the renter saw it may be this old when it reaches us: so long one may read a quote
START_SLACK = timedelta(minutes=15)
#: a booking that has not begun by then is late, and its provider's failure
LATE = timedelta(minutes=10)
#: who pays at the start pays so long before it; a node is told from then on
PAID_AHEAD = timedelta(hours=1)
#: what begins sooner is paid when it is booked
PAY_AT_START_FROM = timedelta(hours=2)
UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


class BadAsk(BadField):
    """A reservation cannot be asked for like this."""


def check_window(*, offer: Offer, start: datetime, end: datetime, at: datetime) -> None:
    """Raise BadAsk unless the offer may be booked for [start, end) when asked at `at`."""
    if start.tzinfo is None or end.tzinfo is None:
        raise BadAsk("start", "times need a zone; write UTC")
    if start < at - START_SLACK:
        raise BadAsk("start", "lies in the past")
    notice = timedelta(seconds=offer.notice_s)
    if notice and start < at + notice:
        raise BadAsk("start", f"must be at least {words(notice)} from now: the provider's notice")
    check_length(offer=offer, length=end - start)
    check_horizon(offer=offer, end=end, at=at)


def check_length(*, offer: Offer, length: timedelta) -> None:
    """Raise BadAsk unless a booking of the offer may be so long."""
    least = timedelta(seconds=settings.MIN_WINDOW_SECONDS)
    if length < least:
        raise BadAsk("end", f"must be at least {settings.MIN_WINDOW_SECONDS} s after the start")
    if length < timedelta(seconds=offer.min_window_s):
        shortest = words(timedelta(seconds=offer.min_window_s))
        raise BadAsk("end", f"must be at least {shortest} after the start: the provider's minimum")
    if offer.max_window_s is not None and length > timedelta(seconds=offer.max_window_s):
        longest = words(timedelta(seconds=offer.max_window_s))
        raise BadAsk("end", f"must be at most {longest} after the start: the provider's maximum")


def first_window(*, offer: Offer) -> timedelta:
    """How far what runs until it is stopped is booked at first."""
    least = max(settings.ROLL_MINUTES * 60, settings.MIN_WINDOW_SECONDS, offer.min_window_s)
    return timedelta(seconds=min(least, offer.max_window_s or least))


def roll_step() -> timedelta:
    """How far its end moves each time, which is when no more than that is left."""
    return timedelta(seconds=settings.ROLL_MINUTES * 30)


def check_rolling(*, end: datetime, at: datetime) -> None:
    """Raise BadAsk unless what runs until it is stopped may be booked so far ahead at `at`.

    Giving it up costs nothing, so nobody keeps GPUs from others by it.
    """
    if end > at + 2 * roll_step():
        raise BadAsk("end", "moves on by itself until it is stopped; further ahead is not booked")


def check_bid(
    offer: Offer, bid_micro: int, start: datetime, end: datetime, together: Together, at: datetime
) -> None:
    """Raise BadAsk unless the offer may be had like this on a bid, in micro-units per GPU-hour."""
    floor = offer.spot_floor_micro
    if floor is None:
        raise BadAsk(
            "spot_bid_micro", "is not taken here: this offer is rented without interruption"
        )
    if not floor <= bid_micro <= offer.price_micro_per_gpu_hour:
        least, most = map(text_from_micro, (floor, offer.price_micro_per_gpu_hour))
        says = f"must be from {least}, the least, to {most} per GPU-hour, the price without"
        raise BadAsk("spot_bid_micro", f"{says} interruption")
    if start > at + START_SLACK:
        raise BadAsk("start", "must be now: what may be interrupted is what is free at the moment")
    if end - start < timedelta(seconds=offer.spot_minimum_s):
        shortest = words(timedelta(seconds=offer.spot_minimum_s))
        raise BadAsk("end", f"must be at least {shortest} after the start: its paid minimum")
    if together != Together.OFFER:
        raise BadAsk("together", "must be the machine of the offer for what may be interrupted")


def check_horizon(*, offer: Offer, end: datetime, at: datetime) -> None:
    """Raise BadAsk unless a booking made at `at` may end then."""
    days = min(offer.horizon_days, settings.MAX_WINDOW_DAYS)
    if end > at + timedelta(days=days):
        raise BadAsk("end", f"must be within {days} days")


def words(length: timedelta) -> str:
    """A length as a reader says it: 90 minutes, 2 hours; whole seconds."""
    seconds = int(length.total_seconds())
    name, size = next(unit for unit in UNITS if seconds % unit[1] == 0)
    number = seconds // size
    return f"{number} {name}{'' if number == 1 else 's'}"
