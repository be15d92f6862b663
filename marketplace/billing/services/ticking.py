"""The billing tick: everything that runs or waits to be settled, charged in batches."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from celery.exceptions import SoftTimeLimitExceeded

from marketplace.brokerage.models import Lease, Reservation
from marketplace.brokerage.states import State
from marketplace.core.sweeps import sweep

from .charging import charge, charge_leases

log = logging.getLogger(__name__)

#: leases charged in one transaction: their locks are held for about two tenths of a second
BATCH = 1_000


def charge_live(*, at: datetime) -> int:
    """Charge every lease whose reservation is active or ended; returns the micro-units charged.

    Memory does not grow with their number. A batch that fails is charged reservation by
    reservation, so that one which cannot be paid does not stop the others.
    """
    return sum(_charge_batch(batch, at) for batch in _batches())


def _batches() -> Iterator[list[int]]:
    """Ids of live leases in order, by ranges of ids: what comes meanwhile is for the next tick."""
    live = Lease.objects.filter(
        assignment__reservation__state__in=[State.ACTIVE, State.ENDED], started_at__isnull=False
    ).order_by("pk")
    last = 0
    while batch := list(live.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        yield batch
        last = batch[-1]


def _charge_batch(leases: Sequence[int], at: datetime) -> int:
    try:
        return charge_leases(leases=leases, at=at)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        log.exception("a batch of %d leases was not charged; one by one now", len(leases))
    charged: list[int] = []
    rows = Reservation.objects.filter(assignments__leases__in=leases).distinct().order_by("pk")
    sweep(rows, lambda row: charged.append(charge(reservation=row, at=at)))
    return sum(charged)
