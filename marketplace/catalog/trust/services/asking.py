"""When a machine is asked to prove its GPUs, with how much work, and how long it may take."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from marketplace.catalog.models import Calibration, Challenge, Machine, Trust
from marketplace.catalog.states import MachineState

NONCE_BYTES = 32
OPENINGS = 64
#: for a card that nobody has measured: 3.5e13 products of two bytes
N, K, LEAF = 4096, 1 << 20, 1024
#: added to the card's time: the way there and back, and copying and hashing on a slower host
NETWORK_MS: Final = 1500
#: a card may be this much slower than the median of those that were measured
SLACK: Final = (5, 4)
#: nobody is held to it; only so that a lost answer ends
UNMEASURED_MS: Final = 600_000
#: between two random challenges
SOONEST, LATEST = timedelta(hours=2), timedelta(hours=8)
#: a challenge before a lease comes within this time of its start
LEAD = timedelta(minutes=10)
RANDOM, LEASE, FAULT = "random", "lease", "fault"
_random = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Use:
    """UUIDs of the machine's GPUs that are leased now, and of those whose lease begins soon."""

    busy: Collection[str] = ()
    starting: Collection[str] = ()
    #: when the first of those leases begins
    next_start: datetime | None = None


@dataclass(frozen=True, slots=True)
class Work:
    n: int
    k: int
    leaf: int
    within_ms: int
    calibrated: bool


def ask(*, machine: Machine, use: Use, at: datetime) -> Challenge | None:
    """Ask all free GPUs of the machine at once, if it is time to; None when it is not.

    At random times while nothing runs on it, before a lease begins, and once a GPU that came back
    after a fault is free. What is asked already is asked again only when it is over: a node that
    lost the question has lost the challenge.
    """
    if machine.state != MachineState.ONLINE or machine.simulated:
        return None
    present = dict(machine.gpus.filter(present=True).values_list("uuid", "nvml_name"))
    free = {uuid: name for uuid, name in present.items() if uuid not in use.busy}
    reason = _reason(machine, use, free, whole=len(free) == len(present), at=at)
    if not free or reason is None:
        return None
    work = work_for(set(free.values()))
    # it must be over before anybody's lease begins
    if use.next_start and at + timedelta(milliseconds=work.within_ms) > use.next_start:
        return None
    return _made(machine, work, reason, sorted(free), whole=len(free) == len(present), at=at)


def work_for(names: Collection[str]) -> Work:
    """The work for cards of these names: as it was calibrated for all of them, else the default."""
    newest = Calibration.objects.filter(card__in=names).order_by("card", "-pk").distinct("card")
    rows = list(newest)
    shapes = {(row.n, row.k) for row in rows}
    if len(rows) < len(names) or len(shapes) != 1:
        return Work(N, K, LEAF, UNMEASURED_MS, calibrated=False)
    [(n, k)] = shapes
    slowest = max(row.median_ms for row in rows)
    within = slowest * SLACK[0] // SLACK[1] + NETWORK_MS
    return Work(n, k, min(LEAF, n), within, calibrated=True)


def plan_next(*, machine: Machine, at: datetime) -> None:
    """Draw when the machine is asked next; nobody can tell from when it was asked last."""
    span = (LATEST - SOONEST) // timedelta(seconds=1)
    after = at + SOONEST + timedelta(seconds=_random.randrange(span))
    Trust.objects.update_or_create(machine=machine, defaults={"challenge_after": after})


def owe(*, machine: Machine, uuids: Collection[str]) -> None:
    """These GPUs are to be asked as soon as they are free: what they were is not what they are.

    To be called in the transaction that puts them back, by who holds the machine.
    """
    row, _ = Trust.objects.get_or_create(machine=machine)
    row.owing = sorted({*row.owing, *uuids})
    row.save(update_fields=["owing"])


def settle(*, machine: Machine, uuids: Collection[str]) -> None:
    """These GPUs were asked, and it is over. To be called by who holds the machine, as `owe`."""
    row = Trust.objects.filter(machine=machine).exclude(owing=[]).first()
    if row is not None:
        row.owing = sorted(set(row.owing) - set(uuids))
        row.save(update_fields=["owing"])


def draw(n: int, openings: int) -> list[int]:
    """Elements of C to be shown, each as likely as any other."""
    return [_random.randrange(n * n) for _ in range(openings)]


def _reason(
    machine: Machine, use: Use, free: Collection[str], *, whole: bool, at: datetime
) -> str | None:
    row = Trust.objects.filter(machine=machine).first()
    if row is not None and not set(free).isdisjoint(row.owing):
        return FAULT
    due = row is None or row.challenge_after is None or row.challenge_after <= at
    if whole and due:
        return RANDOM
    last = Challenge.objects.filter(machine=machine).order_by("-pk").first()
    lately = last is not None and last.asked_at > at - LEAD
    return LEASE if use.starting and not lately else None


def _made(
    machine: Machine, work: Work, reason: str, uuids: list[str], *, whole: bool, at: datetime
) -> Challenge | None:
    try:
        with transaction.atomic():
            return Challenge.objects.create(
                machine=machine,
                reason=reason,
                nonce=secrets.token_bytes(NONCE_BYTES),
                n=work.n,
                k=work.k,
                leaf=work.leaf,
                openings=OPENINGS,
                gpu_uuids=uuids,
                whole=whole,
                calibrated=work.calibrated,
                within_ms=work.within_ms,
                asked_at=at,
            )
    except IntegrityError as error:
        if "challenge_one_at_a_time" not in str(error):
            raise
        return None
