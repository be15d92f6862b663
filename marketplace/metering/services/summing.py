"""Billed time of many leases at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

#: Sealed usage never overlaps (usage_moment_once), so lengths add up without making a union. Only
#: where a ruling took something out, the set is made and cut. What lies outside the span is empty
#: and adds nothing: asking for an overlap would send the planner to the wider index.
BILLED = """
SELECT floor(CASE
  WHEN EXISTS (SELECT 1 FROM metering_outageruling r WHERE r.assignment_id = l.assignment_id) THEN (
    SELECT sum(extract(epoch FROM upper(piece) - lower(piece)))
    FROM unnest(metering_billed(l.id) * tstzmultirange(b.span)) AS piece)
  ELSE (
    SELECT sum(extract(epoch FROM upper(u.during * b.span) - lower(u.during * b.span)))
    FROM metering_usage u WHERE u.lease_id = l.id)
  END * 1000)::bigint
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) WITH ORDINALITY
  AS asked (lease, since, until, place)
JOIN brokerage_lease l ON l.id = asked.lease
CROSS JOIN LATERAL (
  SELECT greatest(l.started_at, lower(l.during), asked.since) AS begin,
    least(l.ended_at, upper(l.during), asked.until) AS finish) f
CROSS JOIN LATERAL (SELECT tstzrange(f.begin, greatest(f.begin, f.finish)) AS span) b
ORDER BY asked.place
"""


class Slice(NamedTuple):
    """[since, until) of a lease, by its id; without `until` to its end."""

    lease: int
    since: datetime
    until: datetime | None


def billed_ms(*, slices: Sequence[Slice]) -> list[int]:
    """What is billed of each slice in whole milliseconds, summed first, then rounded down.

    Sealed usage within the lease, less what rulings take out, in one statement for all.
    """
    if not slices:
        return []
    with connection.cursor() as cursor:
        cursor.execute(BILLED, [list(column) for column in zip(*slices, strict=True)])
        return [ms or 0 for [ms] in cursor.fetchall()]
