"""Running rentals by the thousand, put there as rows, for benches of what is done with them."""

from datetime import timedelta

from django.db import connection

RENTERS, MACHINES = 200, 100
MINUTE = timedelta(minutes=1)

#: each with a hold, a GPU, an assignment and a lease of its own, after its renter's template
MADE = """
WITH n AS (SELECT g, row_number() OVER () AS place FROM generate_series(%(first)s, %(last)s) g),
wallet AS (
  SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM ledger_account
  WHERE kind = 'wallet_paid' AND id = ANY (%(wallets)s)),
machine AS (
  SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM catalog_machine
  WHERE id = ANY (%(machines)s)),
hold AS (
  INSERT INTO ledger_hold (public_id, created_at, key, account_id, placed, amount)
  SELECT gen_random_uuid(), now(), 'bench:' || n.g, w.id, 1000000000, 1000000000
  FROM n JOIN wallet w ON w.place = n.g %% %(renters)s RETURNING id, key, account_id),
gpu AS (
  INSERT INTO catalog_gpu (public_id, machine_id, uuid, index, nvml_name, chip_id, memory_bytes,
    present, created_at)
  SELECT gen_random_uuid(), m.id, 'GPU-bench-' || n.g, n.g, 'bench', %(chip)s, 1, false, now()
  FROM n JOIN machine m ON m.place = n.g %% %(count)s RETURNING id, uuid, machine_id),
reservation AS (
  INSERT INTO brokerage_reservation ({columns})
  SELECT {values} FROM n JOIN hold h ON h.key = 'bench:' || n.g
  JOIN ledger_account a ON a.id = h.account_id
  JOIN accounts_organisation o ON o.public_id = a.owner
  JOIN brokerage_reservation t ON t.renter_id = o.id AND t.id = ANY (%(templates)s)
  RETURNING id, idempotency_key),
assignment AS (
  INSERT INTO brokerage_assignment (public_id, created_at, reservation_id, machine_id, generation,
    observed, started_at, detail)
  SELECT gen_random_uuid(), now(), r.id, g.machine_id, 1, 'running', %(start)s, ''
  FROM reservation r JOIN gpu g ON g.uuid = 'GPU-bench-' || r.idempotency_key
  RETURNING id, reservation_id, machine_id)
INSERT INTO brokerage_lease (public_id, created_at, assignment_id, gpu_id, during, state,
  started_at)
SELECT gen_random_uuid(), now(), a.id, g.id, %(during)s, 'active', %(start)s
FROM assignment a JOIN reservation r ON r.id = a.reservation_id
JOIN gpu g ON g.uuid = 'GPU-bench-' || r.idempotency_key
ORDER BY a.id
"""
USED = """
INSERT INTO metering_usage (public_id, created_at, lease_id, during, sealed_at)
SELECT gen_random_uuid(), now(), l.id, tstzrange(%(begin)s, %(end)s), %(end)s
FROM brokerage_lease l WHERE l.state = 'active' ORDER BY l.id
"""


class Rentals:
    """A market of RENTERS renters and MACHINES machines, whose rentals run since NOON."""

    def __init__(self) -> None:
        from tests import make
        from tests.make import NOON

        self.start = NOON
        self.made = self.minutes = 0
        self.offer = make.offer()
        machines = [make.machine(gpus=0, site=self.offer.machine.site) for _ in range(MACHINES)]
        self.machines = [machine.pk for machine in machines]
        self.renters = [make.organisation(f"Renter {n}") for n in range(RENTERS)]
        self.wallets = [make.funded(renter, 10**15).pk for renter in self.renters]

    def add(self, count: int, *, state: str = "active") -> None:
        """Let so many more run, of reservations in this state."""
        from psycopg.types.range import TimestamptzRange

        from tests import make

        during = TimestamptzRange(self.start, self.start + timedelta(days=90))
        templates = [
            make.bare_reservation(renter, self.offer, during=during, state=state)
            for renter in self.renters
        ]
        own = {
            "public_id": "gen_random_uuid()",
            "hold_id": "h.id",
            "idempotency_key": "n.g::text",
        }
        names = [field.column for field in templates[0]._meta.local_fields if field.column != "id"]
        values = [own.get(name) or f"t.{name}" for name in names]
        sql = MADE.format(columns=", ".join(names), values=", ".join(values))
        with connection.cursor() as cursor:
            cursor.execute(
                sql,
                {
                    "first": self.made + 1,
                    "last": self.made + count,
                    "wallets": self.wallets,
                    "machines": self.machines,
                    "renters": RENTERS,
                    "count": MACHINES,
                    "chip": self.offer.chip_id,
                    "templates": [row.pk for row in templates],
                    "start": self.start,
                    "during": during,
                },
            )
            self.made += count
            for table in ("brokerage_lease", "brokerage_reservation", "ledger_hold"):
                cursor.execute(f"ANALYZE {table}")

    def use(self) -> None:
        """One more minute of every lease is sealed."""
        begin = self.start + self.minutes * MINUTE
        with connection.cursor() as cursor:
            cursor.execute(USED, {"begin": begin, "end": begin + MINUTE})
        self.minutes += 1
