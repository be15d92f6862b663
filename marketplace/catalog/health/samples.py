"""The last hour of leased GPUs, a sample for each heartbeat. Redis only: a beat writes no row.

Losing it all costs an hour of detail; `Telemetry` keeps what was averaged over five minutes. A
stream for each machine, its fields the UUIDs, of which Redis keeps the names once for many entries.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import redis
from django.conf import settings

log = logging.getLogger(__name__)

PREFIX = "straits:telemetry:"
KEPT = timedelta(hours=1)
#: of a sample, in the order in which they are packed
FACTS = ("gpu_percent", "memory_used_bytes", "power_mw", "temperature_c")
#: beats come early by up to a tenth, and at once on news
EARLY = (5, 4)


@dataclass(frozen=True, slots=True)
class Sample:
    """One GPU at a moment: percent, bytes, milliwatts, degrees Celsius; None: it does not tell."""

    at: datetime
    gpu_percent: int | None
    memory_used_bytes: int | None
    power_mw: int | None
    temperature_c: int | None


def packed(facts: Mapping[str, int | None]) -> str:
    """The facts of one GPU as the stream holds them, such as "93,71303168000,412000,65"."""
    return ",".join("" if facts.get(name) is None else str(facts[name]) for name in FACTS)


def most() -> int:
    """How many samples a machine has at most: an hour of beats."""
    hour = int(KEPT.total_seconds()) // settings.HEARTBEAT_SECONDS
    return max(1, hour * EARLY[0] // EARLY[1])


def moment(at: datetime) -> int:
    """A moment as the stream numbers its entries: milliseconds since 1970."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def note(*, machine_id: int, gpus: Mapping[str, str], at: datetime) -> None:
    """Keep what was read of these GPUs, `packed`, by UUID. One that comes late is left out.

    Raises RedisError; the short way of heartbeats writes the same by itself, see `fast.lua`.
    """
    if not gpus:
        return
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        name = f"{PREFIX}{machine_id}"
        try:
            client.xadd(name, dict(gpus), id=f"{moment(at)}-0", maxlen=most(), approximate=False)
        except redis.ResponseError:  # a newer one is here
            return
        client.expire(name, KEPT)


def read(*, machine_id: int, uuids: Iterable[str], since: datetime) -> dict[str, list[Sample]]:
    """The samples of these GPUs from `since` on, oldest first; nothing when Redis is down."""
    found: dict[str, list[Sample]] = {uuid: [] for uuid in uuids}
    try:
        with redis.Redis.from_url(settings.REDIS_URL) as client:
            entries = client.xrange(f"{PREFIX}{machine_id}", min=max(0, moment(since)))
    except redis.RedisError as error:
        log.warning("no live samples: %s", type(error).__name__)
        return found
    for number, fields in entries:
        at = datetime.fromtimestamp(int(number.partition(b"-")[0]) / 1000, UTC)
        for uuid, told in fields.items():
            if (name := uuid.decode()) in found:
                found[name].append(_unpacked(at, told.decode()))
    return found


def _unpacked(at: datetime, told: str) -> Sample:
    return Sample(at, *(int(part) if part else None for part in told.split(",")))
