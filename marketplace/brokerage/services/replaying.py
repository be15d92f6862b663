"""A demand trace through the real broker on a virtual clock.

It writes a market of its own, so it belongs in a database that is thrown away afterwards.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from uuid import uuid4

from django.conf import settings
from django.db.models import F
from psycopg.types.range import TimestamptzRange

from compliance import services as compliance
from compliance.models import ChipModel, Party, RedFlagKind
from compliance.models.statements import WORDING
from marketplace.accounts.models import Organisation
from marketplace.brokerage.figures import Lent, Run, figures
from marketplace.brokerage.models import Lease, Reservation
from marketplace.brokerage.placement import STRATEGIES, Together
from marketplace.brokerage.states import LIVE, State
from marketplace.brokerage.traces import Demand, Task
from marketplace.catalog.models import Gpu, Machine, Offer, Site
from marketplace.catalog.states import MachineState
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind

from .asking import wallet_account
from .batching import broker_open
from .brokering import TAKEN

#: even a second costs something, and no wallet of the replay ever feels it
PRICE = 1_000_000
MONEY = 10**18
CHIP = "T4"
#: requests in one transaction: nobody else waits for its locks
MOST = 1000


class ReplayStopped(Exception):
    """The broker refused for another reason than room, so the figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One site with equal machines, and one renter who may rent and can pay."""

    renter: Organisation
    offer: Offer
    machines: dict[int, int] = field(default_factory=dict)


def replay(
    *, machines: Sequence[int], demand: Demand, strategy: str, tick: timedelta, at: datetime
) -> Run:
    """Ask for every task as it arrives, on one machine of the site, from the next tick on.

    `at` is when the virtual clock starts; lists that count as fresh then must stay so. Raises
    ReplayStopped.
    """
    stage = _stage(machines, at)
    started = time.perf_counter()
    for due, tasks in _ticks(demand.tasks, tick):
        _ask(stage, tasks, at + due)
        broker_open(at=at + due, strategy=STRATEGIES[strategy], most=MOST)
    seconds = time.perf_counter() - started
    return figures(
        strategy=strategy,
        machines=list(stage.machines.values()),
        demand=demand,
        lent=_lent(stage, at),
        waited=_waited(stage, demand, at),
        seconds=seconds,
    )


def _ticks(tasks: Sequence[Task], tick: timedelta) -> Iterator[tuple[timedelta, list[Task]]]:
    """What arrived since the last tick, at each tick at which anything did."""
    length = tick.total_seconds()
    for number, group in groupby(tasks, key=lambda task: int(task.arrival // length)):
        yield (number + 1) * tick, list(group)


def _stage(machines: Sequence[int], at: datetime) -> Stage:
    operator = Organisation.objects.create(
        name="Replay", party=Party.objects.create(legal_name="Replay site"), can_provide=True
    )
    site = Site.objects.create(name=f"Replay {uuid4()}", operator=operator, country="SG")
    chip = ChipModel.objects.get(name=CHIP)
    hosts = Machine.objects.bulk_create(
        Machine(site=site, name=f"m{number}", state=MachineState.ONLINE, simulated=True)
        for number in range(len(machines))
    )
    Gpu.objects.bulk_create(
        Gpu(
            machine=host,
            uuid=f"GPU-{uuid4()}",
            index=index,
            nvml_name=CHIP,
            chip=chip,
            memory_bytes=chip.memory_gb * 2**30,
        )
        for host, gpus in zip(hosts, machines, strict=True)
        for index in range(gpus)
    )
    offers = Offer.objects.bulk_create(
        Offer(machine=host, chip=chip, price_micro_per_gpu_hour=PRICE) for host in hosts
    )
    counts = {host.pk: gpus for host, gpus in zip(hosts, machines, strict=True)}
    return Stage(_renter(at), offers[0], counts)


def _renter(at: datetime) -> Organisation:
    name = "Replay Renter Ltd"
    party = Party.objects.create(
        legal_name=name,
        registration_number="REPLAY-1",
        country="SG",
        hq_country="SG",
        parent_name=name,
        parent_hq_country="SG",
        end_use="inference",
        end_use_statement="A replay of recorded demand.",
    )
    compliance.sign_end_use(
        party=party,
        wording=WORDING,
        end_use=party.end_use,
        text=party.end_use_statement,
        end_users="",
        signed_by=uuid4(),
        email="replay@example.invalid",
        signed_name=name,
        key="replay",
        at=at,
    )
    # one made-up renter asks for everything: what flags would say of that is no part of the replay
    RedFlagKind.objects.update(effective_to=F("effective_from"))
    renter = Organisation.objects.create(name=name, party=party)
    wallet = wallet_account(renter=renter, currency="USD")
    pending = ledger.account(kind=Kind.STRIPE_PENDING, currency="USD")
    entries = [ledger.Entry(debit=pending, credit=wallet, amount=MONEY)]
    ledger.post(key=f"replay:{renter.public_id}", kind="top_up", entries=entries, at=at)
    return renter


def _ask(stage: Stage, tasks: Sequence[Task], at: datetime) -> None:
    Reservation.objects.bulk_create(
        Reservation(
            renter=stage.renter,
            offer=stage.offer,
            gpu_count=task.gpus,
            during=TimestamptzRange(at, at + timedelta(seconds=task.length)),
            together=Together.MACHINE.value,
            workload={"command": ["true"], "environment": {}},
            price_micro_per_gpu_hour=PRICE,
            fee_bps=settings.PLATFORM_FEE_BPS,
            currency="USD",
            idempotency_key=str(uuid4()),
            request_sha256=b"",
            created_at=at,
        )
        for task in tasks
    )


def _lent(stage: Stage, at: datetime) -> list[Lent]:
    """What was really booked, from the rows. Raises ReplayStopped when something else went on."""
    rows = Reservation.objects.filter(renter=stage.renter)
    other = Counter(
        rows.exclude(state=State.CONFIRMED)
        .exclude(state=State.REFUSED, reason=TAKEN)
        .values_list("state", "reason")
    )
    if other:
        (state, reason), count = other.most_common(1)[0]
        raise ReplayStopped(f"{count} requests are {state}: {reason or 'no reason given'}")
    leases = Lease.objects.filter(assignment__reservation__renter=stage.renter, state__in=LIVE)
    order = {pk: place for place, pk in enumerate(stage.machines)}
    return [
        Lent(
            order[machine], (during.lower - at).total_seconds(), (during.upper - at).total_seconds()
        )
        for machine, during in leases.values_list("assignment__machine", "during")
    ]


def _waited(stage: Stage, demand: Demand, at: datetime) -> list[float]:
    """Seconds from arrival to the start, of the tasks that got their GPUs."""
    rows = Reservation.objects.filter(renter=stage.renter).order_by("pk")
    states = rows.values_list("state", "during")
    return [
        (during.lower - at).total_seconds() - task.arrival
        for (state, during), task in zip(states, demand.tasks, strict=True)
        if state == State.CONFIRMED
    ]
