"""Compare the sums that usage carries with the usage itself; a finding is one sentence."""

from django.db import connection

WRONG = """
SELECT s.public_id, l.public_id, s.before_us, s.sum_us, s.in_order, s.ordered
FROM (
  SELECT u.*, coalesce(sum((extract(epoch FROM upper(during) - lower(during)) * 1000000)::bigint)
      OVER earlier, 0)::bigint AS sum_us,
    coalesce(max(upper(during)) OVER earlier <= lower(during), true) AS ordered
  FROM metering_usage u
  WINDOW earlier AS (
    PARTITION BY lease_id ORDER BY before_us ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) s
JOIN brokerage_lease l ON l.id = s.lease_id
WHERE s.before_us <> s.sum_us OR s.in_order <> s.ordered ORDER BY s.lease_id, s.before_us
"""


def verify() -> list[str]:
    """Look for usage whose running sum is not the sum; one sentence for each. Changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(WRONG)
        return [
            f"usage {usage} of lease {lease} shows {shown} us before it, in order {order}; it is"
            f" {summed} us, {ordered}"
            for usage, lease, shown, summed, order, ordered in cursor.fetchall()
        ]
