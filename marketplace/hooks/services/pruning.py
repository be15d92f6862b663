"""What was delivered is history for thirty days."""

from datetime import datetime, timedelta

from marketplace.hooks.models import Delivery
from marketplace.hooks.states import OVER

KEPT = timedelta(days=30)


def prune(*, at: datetime) -> int:
    """Forget deliveries that are over and older than KEPT, with their attempts; how many rows."""
    old = Delivery.objects.filter(created_at__lte=at - KEPT, since__lte=at - KEPT, state__in=OVER)
    return old.delete()[0]
