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
  INSERT INTO catalog_gpu ({gpu_columns}) SELECT {gpu_values}
  FROM n JOIN machine m ON m.place = n.g %% %(count)s RETURNING id, uuid, machine_id),
reservation AS (
  INSERT INTO brokerage_reservation ({columns})
  SELECT {values} FROM n JOIN hold h ON h.key = 'bench:' || n.g
  JOIN ledger_account a ON a.id = h.account_id
  JOIN accounts_organisation o ON o.public_id = a.owner
  JOIN brokerage_reservation t ON t.renter_id = o.id AND t.id = ANY (%(templates)s)
  RETURNING id, idempotency_key),
assignment AS (
  INSERT INTO brokerage_assignment ({part_columns}) SELECT {part_values}
  FROM reservation r JOIN gpu g ON g.uuid = 'GPU-bench-' || r.idempotency_key
  RETURNING id, reservation_id, machine_id)
INSERT INTO brokerage_lease ({lease_columns}) SELECT {lease_values}
FROM assignment a JOIN reservation r ON r.id = a.reservation_id
JOIN gpu g ON g.uuid = 'GPU-bench-' || r.idempotency_key
ORDER BY a.id
"""
USED = """
INSERT INTO metering_usage (public_id, created_at, lease_id, during, sealed_at)
SELECT gen_random_uuid(), now(), l.id, tstzrange(%(begin)s, %(end)s), %(end)s
FROM brokerage_lease l WHERE l.state = 'active' ORDER BY l.id
"""


def _rest() -> dict[str, str]:
    """Columns and values of the rows that no template has."""
    from bench.rows import filled
    from marketplace.brokerage.models import Assignment, Lease
    from marketplace.catalog.models import Gpu

    gpu = filled(
        Gpu,
        machine_id="m.id",
        uuid="'GPU-bench-' || n.g",
        index="n.g",
        nvml_name="'bench'",
        chip_id="%(chip)s",
        memory_bytes="1",
        present="false",
    )
    part = filled(
        Assignment,
        reservation_id="r.id",
        machine_id="g.machine_id",
        observed="'running'",
        started_at="%(start)s",
    )
    lease = filled(
        Lease,
        assignment_id="a.id",
        gpu_id="g.id",
        during="%(during)s",
        state="'active'",
        started_at="%(start)s",
    )
    named = {"gpu": gpu, "part": part, "lease": lease}
    return {
        f"{name}_{what}": text
        for name, pair in named.items()
        for what, text in zip(("columns", "values"), pair, strict=True)
    }


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
        sql = MADE.format(columns=", ".join(names), values=", ".join(values), **_rest())
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
