"""Sealed usage: what of the chain falls into a lease, fixed once and for all."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from marketplace.brokerage.models import Lease, Reservation
from marketplace.brokerage.states import LeaseState
from marketplace.metering.models import BilledMs

#: Time of a lease that links count, inside it and not sealed before; once its chain is closed,
#: nothing that was linked later. Multiranges make a union of it, so overlaps and any order of
#: arrival give the same answer. It reads the links after those that were sealed whole: links are
#: added under the assignment's lock, so whoever sees one sees all before it. One that reaches
#: beyond the lease as it stood is looked at again.
UNSEALED = """
WITH fresh AS (
  SELECT l.position, l.counted
  FROM metering_link l LEFT JOIN metering_closing c ON c.assignment_id = l.assignment_id
  WHERE l.assignment_id = %(assignment)s AND (c.links IS NULL OR l.position <= c.links)
    AND l.position > CASE WHEN %(anew)s THEN 0 ELSE coalesce((
      SELECT u.links FROM metering_usage u WHERE u.lease_id = %(lease)s
      ORDER BY u.before_us DESC LIMIT 1), 0) END
), covered AS (
  SELECT coalesce(range_agg(counted), '{}'::tstzmultirange)
           * tstzmultirange(tstzrange(%(begin)s, %(finish)s, '[)')) AS span,
    coalesce(min(position) FILTER (WHERE upper(counted) > %(finish)s) - 1, max(position)) AS links
  FROM fresh
), sealed AS (
  SELECT coalesce(range_agg(u.during), '{}'::tstzmultirange) AS span
  FROM metering_usage u
  WHERE int8range(u.lease_id, u.lease_id, '[]') && int8range(%(lease)s, %(lease)s, '[]')
    AND u.during && (SELECT range_merge(span) FROM covered)
)
INSERT INTO metering_usage (public_id, created_at, lease_id, during, sealed_at, links)
SELECT gen_random_uuid(), %(at)s, %(lease)s, piece, %(at)s, covered.links
FROM covered, sealed, unnest(covered.span - sealed.span) AS piece
"""


def seal(*, reservation: Reservation, at: datetime, anew: bool = False) -> None:
    """Append the usage that arrived since the last seal, lease by lease, under the lease's lock.

    Used time = union of what the chain counts, within the lease as the server knows it. What is
    sealed stays; a segment that is linked later adds only the time it newly covers. `anew` reads
    the chain from its first link on, whatever was sealed.
    """
    with transaction.atomic():
        leases = (
            Lease.objects.filter(
                assignment__reservation=reservation,
                state__in=[LeaseState.ACTIVE, LeaseState.ENDED],
            )
            .select_for_update(no_key=True, of=("self",))
            .order_by("pk")
        )
        for lease in leases:
            _seal_lease(lease, at, anew)


def interval(lease: Lease, at: datetime) -> tuple[datetime, datetime] | None:
    """[begin, finish) of a lease as the server knows it at this moment; None while it is empty."""
    if lease.started_at is None:
        return None
    begin = max(lease.started_at, lease.during.lower)
    finish = min(lease.ended_at or at, lease.during.upper)
    return (begin, finish) if begin < finish else None


def _seal_lease(lease: Lease, at: datetime, anew: bool) -> None:
    bounds = interval(lease, at)
    if bounds is None:
        return
    begin, finish = bounds
    with connection.cursor() as cursor:
        cursor.execute(
            UNSEALED,
            {
                "begin": begin,
                "finish": finish,
                "assignment": lease.assignment_id,
                "lease": lease.pk,
                "at": at,
                "anew": anew,
            },
        )


def covered_ms(*, lease: Lease) -> int:
    """What is billed of a lease in whole milliseconds: sealed usage less what rulings take out.

    The sum is taken first, then rounded down.
    """
    rows = Lease.objects.filter(pk=lease.pk).annotate(billed_ms=BilledMs("pk"))
    return int(rows.values_list("billed_ms", flat=True).get())


def is_complete(*, reservation: Reservation, at: datetime) -> bool:
    """Whether nothing more is expected of an ended reservation.

    True when each assignment that started has sent everything up to its final segment, or when
    SETTLE_GRACE_SECONDS have passed since the end: what waits for a predecessor then is not billed.
    """
    if reservation.ended_at is None:
        return False
    grace = timedelta(seconds=settings.SETTLE_GRACE_SECONDS)
    if at >= reservation.ended_at + grace:
        return True
    started = reservation.assignments.filter(started_at__isnull=False)
    return not started.exclude(links__segment__final=True).exists()
