"""How much of the GPUs is sold ahead, for staff."""

from datetime import date

from django.db import connection

from marketplace.brokerage.states import LIVE

#: in one statement for any number of leases; days are UTC's
QUERY = """
SELECT coalesce(sum(extract(epoch FROM least(upper(lease.during), day.until)
                                     - greatest(lower(lease.during), day.since)) / 3600)
                -- least and greatest pass over what is null: a day without a lease would be whole
                FILTER (WHERE lease.id IS NOT NULL), 0)
  FROM (SELECT since, since + interval '1 day' AS until
          FROM generate_series(%(first)s::timestamp AT TIME ZONE 'UTC',
                               (%(first)s::timestamp + %(days)s * interval '1 day'
                                - interval '1 day') AT TIME ZONE 'UTC',
                               interval '1 day') AS since) day
  LEFT JOIN brokerage_lease lease
    ON lease.state = ANY(%(live)s) AND lease.during && tstzrange(day.since, day.until)
 GROUP BY day.since ORDER BY day.since
"""


def sold_hours(*, first: date, days: int) -> list[float]:
    """GPU-hours in live leases (held, booked or running) on each of so many days from `first`."""
    live = [state.value for state in LIVE]
    with connection.cursor() as cursor:
        cursor.execute(QUERY, {"first": first, "days": days, "live": live})
        return [float(hours) for [hours] in cursor]
