"""Whether this server's clock is right, by Stripe's: one that is wrong refuses every webhook."""

import logging
from datetime import datetime, timedelta

from marketplace.billing import stripe

log = logging.getLogger(__name__)

#: long before the 300 s from which signatures are refused
TOLERATED = timedelta(seconds=60)


def check_clock(*, at: datetime) -> timedelta:
    """How far our clock is ahead of Stripe's (negative: behind); an alarm when that is too much.

    The answer's way here counts as ours being ahead. Raises Unavailable or Misused.
    """
    ahead = at - stripe.retrieve_time()
    if off(ahead):
        log.error("the clock of this server is %s; mend it, or webhooks are refused", said(ahead))
    return ahead


def off(ahead: timedelta) -> bool:
    return abs(ahead) > TOLERATED


def said(ahead: timedelta) -> str:
    """360 s ahead of Stripe's."""
    way = "ahead of" if ahead > timedelta() else "behind"
    return f"{abs(ahead).total_seconds():.0f} s {way} Stripe's"
