"""Rows whose states do not go together, and GPUs sold twice: there must be none."""

import json
from datetime import UTC, datetime, timedelta

from django.db import connection

from marketplace.brokerage.states import COMBINATIONS, LIVE, MOVES

#: what ended longer ago than this does not change any more
LOOK_BACK = timedelta(days=2)
FAULTS = """
WITH legal (state, leases, parts, money, gpus) AS (
  SELECT * FROM jsonb_to_recordset(%(legal)s::jsonb)
    AS t(state text, leases text[], parts text[], money text[], gpus boolean)
), found AS (
  SELECT r.public_id, r.state, r.gpu_count,
         CASE WHEN h.id IS NULL THEN 'none' WHEN h.amount = 0 THEN 'empty'
              WHEN h.amount = h.placed THEN 'whole' ELSE 'part' END AS money,
         ARRAY(SELECT l.state::text FROM brokerage_lease l
                 JOIN brokerage_assignment a ON a.id = l.assignment_id
                WHERE a.reservation_id = r.id) AS leases,
         ARRAY(SELECT a.observed::text FROM brokerage_assignment a
                WHERE a.reservation_id = r.id AND a.withdrawn_at IS NULL) AS parts,
         EXISTS (SELECT FROM brokerage_lease l
                   JOIN brokerage_assignment a ON a.id = l.assignment_id
                   JOIN catalog_gpu g ON g.id = l.gpu_id
                  WHERE a.reservation_id = r.id AND l.state = ANY(%(live)s)
                    AND (l.during <> r.during OR g.machine_id <> a.machine_id)) AS elsewhere
    FROM brokerage_reservation r LEFT JOIN ledger_hold h ON h.id = r.hold_id
   WHERE upper(r.during) > %(since)s OR r.state = ANY(%(open)s)
)
SELECT f.public_id, f.state, CASE
    WHEN NOT f.leases <@ t.leases THEN 'its leases are ' || array_to_string(f.leases, ', ')
    WHEN NOT f.parts <@ t.parts THEN 'its nodes say ' || array_to_string(f.parts, ', ')
    WHEN NOT f.money = ANY (t.money) THEN 'its hold is ' || f.money
    WHEN cardinality(f.leases) <> CASE WHEN t.gpus OR (t.gpus IS NULL AND f.leases <> '{}')
                                       THEN f.gpu_count ELSE 0 END
      THEN 'it has ' || cardinality(f.leases) || ' leases for ' || f.gpu_count || ' GPUs'
    WHEN f.elsewhere THEN 'a lease is for another window or machine'
  END
  FROM found f JOIN legal t USING (state)
 WHERE NOT (f.leases <@ t.leases AND f.parts <@ t.parts AND f.money = ANY (t.money))
    OR f.elsewhere
    OR cardinality(f.leases) <> CASE WHEN t.gpus OR (t.gpus IS NULL AND f.leases <> '{}')
                                     THEN f.gpu_count ELSE 0 END
 ORDER BY 1
"""
#: over all history: a lease that ended early takes its GPU until it ended
TWICE = """
WITH taken AS (
  SELECT l.id, l.gpu_id, CASE WHEN l.state = 'ended'
           THEN tstzrange(l.started_at, l.ended_at) ELSE l.during END AS during
    FROM brokerage_lease l WHERE l.state <> 'released'
)
SELECT one.gpu_id, one.during * other.during
  FROM taken one JOIN taken other
    ON one.gpu_id = other.gpu_id AND one.id < other.id AND one.during && other.during
"""


def illegal(*, since: datetime | None = None) -> list[str]:
    """Reservations beside which something stands that COMBINATIONS does not allow, in words.

    Those that are still going on, and those whose window ended after `since` (all when None).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            FAULTS,
            {
                "legal": _table(),
                "live": list(LIVE),
                "open": [state for state in MOVES if MOVES[state]],
                "since": since or datetime(1970, 1, 1, tzinfo=UTC),
            },
        )
        return [f"reservation {key} is {state}, but {why}" for key, state, why in cursor]


def sold_twice() -> list[str]:
    """GPUs that two leases held at once, ever."""
    with connection.cursor() as cursor:
        cursor.execute(TWICE)
        return [f"GPU {gpu} was sold twice in {during}" for gpu, during in cursor]


def _table() -> str:
    return json.dumps(
        [
            {
                "state": state,
                "leases": sorted(legal.leases),
                "parts": sorted(legal.parts),
                "money": sorted(legal.money),
                "gpus": legal.gpus,
            }
            for state, legal in COMBINATIONS.items()
        ]
    )
