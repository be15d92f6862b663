"""The reliability of machines, once a day, from what is on record of the days before."""

from datetime import UTC, datetime, time, timedelta

from django.db import connection, transaction

from marketplace.brokerage.models import Reliability
from marketplace.brokerage.reliability import FORMULA, WINDOW_DAYS, Evidence, score_bps
from marketplace.catalog import services as catalog
from marketplace.catalog.models import Machine

#: A lease that never began counts by the failure that is on record of it, never by its absence:
#: renters cancel. Reports are clipped to the days that are counted.
EVIDENCE = """
WITH due AS (
  SELECT a.machine_id, r.renter_id, (lower(r.during) AT TIME ZONE 'UTC')::date AS day,
         a.started_at, EXISTS (
           SELECT FROM brokerage_machinefailure f
            WHERE f.reservation_id = r.id AND f.machine_id = a.machine_id) AS failed
    FROM brokerage_reservation r
    JOIN brokerage_assignment a ON a.reservation_id = r.id
    JOIN catalog_machine m ON m.id = a.machine_id
    JOIN catalog_site s ON s.id = m.site_id
   WHERE lower(r.during) >= %(since)s AND lower(r.during) < %(until)s
     AND r.renter_id <> s.operator_id AND a.machine_id = ANY (%(machines)s)
), renters AS (
  SELECT machine_id, renter_id, day, bool_and(NOT failed) AS kept
    FROM due WHERE failed OR started_at IS NOT NULL GROUP BY 1, 2, 3
), bookings AS (
  SELECT machine_id, count(*) AS asked, count(*) FILTER (WHERE kept) AS kept
    FROM renters GROUP BY 1
), heard AS (
  SELECT m.id AS machine_id, greatest(first.start, %(since)s) AS since, (
           SELECT sum(extract(epoch FROM least(t."end", %(until)s) - greatest(t.start, %(since)s)))
             FROM catalog_telemetry t
            WHERE t.machine_id = m.id AND t."end" > %(since)s AND t.start < %(until)s) AS seconds
    FROM catalog_machine m CROSS JOIN LATERAL (
      SELECT min(start) AS start FROM catalog_telemetry WHERE machine_id = m.id) first
   WHERE m.id = ANY (%(machines)s) AND first.start < %(until)s
), days AS (
  SELECT machine_id, ceil(extract(epoch FROM %(until)s - since) / 86400)::int AS days,
         least(1, seconds / extract(epoch FROM %(until)s - since)) AS share
    FROM heard
), challenges AS (
  SELECT machine_id, count(*) AS asked,
         count(*) FILTER (WHERE state IN ('passed', 'measured')) AS passed
    FROM catalog_challenge
   WHERE state IN ('passed', 'measured', 'failed', 'expired')
     AND asked_at >= %(since)s AND asked_at < %(until)s AND machine_id = ANY (%(machines)s)
   GROUP BY 1
)
SELECT m.id, coalesce(b.asked, 0), coalesce(b.kept, 0), coalesce(d.days, 0),
       floor(10000 * coalesce(d.share, 0))::int, coalesce(c.asked, 0), coalesce(c.passed, 0)
  FROM catalog_machine m
  LEFT JOIN bookings b ON b.machine_id = m.id LEFT JOIN days d ON d.machine_id = m.id
  LEFT JOIN challenges c ON c.machine_id = m.id
 WHERE m.id = ANY (%(machines)s) ORDER BY m.id
"""
#: machines in one transaction
BATCH = 500


def score_machines(*, at: datetime) -> int:
    """Write today's score of every machine that has none yet; returns how many were written.

    Safe to run twice, late or in parallel: a score is of a machine and a day, and once.
    """
    today = at.astimezone(UTC).date()
    written = 0
    while machines := list(
        Machine.objects.exclude(reliability__day=today).order_by("pk").values_list("pk")[:BATCH]
    ):
        written += _score([pk for (pk,) in machines], at)
    return written


def _score(machines: list[int], at: datetime) -> int:
    today = at.astimezone(UTC).date()
    until = datetime.combine(today, time(), UTC)
    found = _evidence(machines, until - timedelta(days=WINDOW_DAYS), until)
    rows = [
        Reliability(
            machine_id=pk,
            day=today,
            formula=FORMULA,
            bookings=one.bookings,
            kept=one.kept,
            days=one.days,
            heard_bps=one.heard_bps,
            challenges=one.challenges,
            passed=one.passed,
            score_bps=score_bps(one),
            created_at=at,
        )
        for pk, one in found
    ]
    with transaction.atomic():
        Reliability.objects.bulk_create(rows, ignore_conflicts=True)
        catalog.note_reliability(scores={row.machine_id: row.score_bps for row in rows})
    return len(rows)


def _evidence(machines: list[int], since: datetime, until: datetime) -> list[tuple[int, Evidence]]:
    with connection.cursor() as cursor:
        cursor.execute(EVIDENCE, {"machines": machines, "since": since, "until": until})
        return [(pk, Evidence(*rest)) for pk, *rest in cursor.fetchall()]


def reliability(*, machine: Machine) -> Reliability | None:
    """The latest score of a machine, with its inputs."""
    return Reliability.objects.filter(machine=machine).order_by("-day").first()
