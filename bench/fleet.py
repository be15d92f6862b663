"""A market of any size, written in bulk: machines of eight GPUs, a third of them leased."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

A_MACHINE = 8
COUNTRIES = ("MY", "SG", "TH", "ID", "VN", "JP", "KR", "IN")
#: name in the reference data, and the middle of its price in micro-units
CHIPS = {
    "H100 SXM": 2_400_000,
    "H100 PCIe": 2_100_000,
    "H200 SXM": 3_300_000,
    "A100 80GB SXM/PCIe": 1_400_000,
    "A100 40GB SXM/PCIe": 1_000_000,
    "L40S": 900_000,
    "L4": 350_000,
    "T4": 180_000,
}
LEASED = 1 / 3
BATCH = 5000


def grow(to: int, *, at: datetime) -> None:
    """Add machines, offers and live leases until there are `to` GPUs; the same ones every time."""
    from django.db import connection

    from compliance.models import ChipModel
    from marketplace.catalog.models import Gpu

    there = Gpu.objects.count()
    rng = random.Random(there)  # noqa: S311  a bench repeats itself
    sites = list(_sites())
    chips = list(ChipModel.objects.filter(name__in=CHIPS).order_by("pk"))
    numbers = range(there // A_MACHINE, to // A_MACHINE)
    rows = [_Row(number, rng, sites, chips) for number in numbers]
    _save(rows)
    _lease(rows, rng, at)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _sites() -> Iterator[Any]:
    from marketplace.catalog.models import Site
    from tests import make

    if Site.objects.exists():
        yield from Site.objects.order_by("pk")
        return
    for number in range(40):
        operator = make.organisation(f"Operator {number % 10}", can_rent=False, can_provide=True)
        yield Site.objects.create(
            name=f"Site {number}", operator=operator, country=COUNTRIES[number % len(COUNTRIES)]
        )


class _Row:
    """A machine with its GPUs and its offer, not yet saved."""

    def __init__(self, number: int, rng: random.Random, sites: list[Any], chips: list[Any]) -> None:
        from marketplace.catalog.models import Gpu, Machine, Offer

        chip = rng.choice(chips)
        name = chip.name
        self.machine = Machine(
            site=rng.choice(sites),
            name=f"m{number}",
            state="online",
            driver_version=rng.choice(("535.183.01", "550.90.07", "570.124.06")),
            cuda_version=rng.choice(("12.2", "12.4", "12.8")),
        )
        self.gpus = [
            Gpu(
                machine=self.machine,
                uuid=f"GPU-{number:08x}-0000-0000-0000-{index:012x}",
                index=index,
                nvml_name=f"NVIDIA {name}",
                chip=chip,
                memory_bytes=chip.memory_gb * 2**30,
            )
            for index in range(A_MACHINE)
        ]
        price = CHIPS[name] * rng.randint(70, 130) // 100
        self.offer = Offer(machine=self.machine, chip=chip, price_micro_per_gpu_hour=price)


def _save(rows: list[_Row]) -> None:
    from marketplace.catalog.models import Gpu, Machine, Offer

    Machine.objects.bulk_create([row.machine for row in rows], batch_size=BATCH)
    Gpu.objects.bulk_create([gpu for row in rows for gpu in row.gpus], batch_size=BATCH)
    Offer.objects.bulk_create([row.offer for row in rows], batch_size=BATCH)


def _lease(rows: list[_Row], rng: random.Random, at: datetime) -> None:
    """Live leases of 1, 2, 4 or 8 GPUs, half running now, half later this week."""
    from psycopg.types.range import TimestamptzRange

    from marketplace.brokerage.models import Assignment, Lease, Reservation
    from tests import make

    renter = make.organisation("Renter of the bench")
    reservations, parts, leases = [], [], []
    for row in rows:
        for gpus in _taken(row, rng):
            start = at + rng.choice((-2, 30)) * timedelta(hours=1)
            during = TimestamptzRange(start, start + timedelta(hours=rng.randint(6, 72)))
            held = Reservation(
                renter=renter,
                offer=row.offer,
                gpu_count=len(gpus),
                during=during,
                workload={},
                price_micro_per_gpu_hour=row.offer.price_micro_per_gpu_hour,
                fee_bps=1500,
                currency="USD",
                state="refused",
                idempotency_key=f"{row.machine.name}-{gpus[0].index}",
                request_sha256=b"",
            )
            part = Assignment(reservation=held, machine=row.machine)
            reservations.append(held)
            parts.append(part)
            leases += [
                Lease(assignment=part, gpu=gpu, during=during, state="confirmed") for gpu in gpus
            ]
    Reservation.objects.bulk_create(reservations, batch_size=BATCH)
    Assignment.objects.bulk_create(parts, batch_size=BATCH)
    Lease.objects.bulk_create(leases, batch_size=BATCH)


def _taken(row: _Row, rng: random.Random) -> Iterator[list[Any]]:
    """Disjoint groups of the machine's GPUs; on average two thirds, half of them now."""
    left = iter(row.gpus)
    while rng.random() < 2 * LEASED:
        gpus = list(islice(left, rng.choice((1, 2, 4, 8))))
        if not gpus:
            return
        yield gpus
