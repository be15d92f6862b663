"""What Redis holds of each node, and who may forget it.

A record says what the last full beat found: with which keys the node speaks, its boot and number,
and a digest of everything that it said. It is written by a full beat that left nothing to do, and
dropped when the node, its key or its machine changes. Losing it costs one full beat.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import redis
from django.conf import settings

from agents.gateway.models import Node, NodeKey
from agents.protocol.messages import Heartbeat
from marketplace.catalog import liveness
from marketplace.catalog.health import samples

from . import lua

LAST_SEEN = liveness.KEY
VERSIONS = "straits:desired"
HOT = "straits:desired:hot"
#: when changes were last looked for; without that nobody takes the short way
WATCHED = "straits:desired:watched"
CHANGED = "straits:desired:changed"
BEATS = "straits:beats"
INTERVAL = "straits:beats:interval"

#: of a heartbeat, what may differ from the one before without being news
PASSING = {"seq", "boot_id", "inventory", "desired_version", "telemetry"}
#: a full beat at least so often
KEPT = timedelta(minutes=10)
#: changes are looked for each second
WATCHED_WITHIN = timedelta(seconds=10)


def record(node: UUID) -> str:
    return f"straits:node:{node}"


def client() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_URL)


def said(message: Heartbeat, address: str) -> str:
    """A digest of all that a full beat looks at, but for what changes with each.

    Which agents are served is in it: a process with another minimum knows no record as its own.
    """
    told = message.model_dump_json(exclude=PASSING)
    least = settings.MIN_AGENT_VERSION
    return hashlib.sha256(f"{address} {least} {told}".encode()).hexdigest()


def samples_of(message: Heartbeat) -> dict[str, str]:
    """What a beat tells of leased GPUs, as the catalogue keeps it."""
    return {one.uuid: samples.packed(one.__dict__) for one in message.telemetry}


def telemetry(message: Heartbeat, at: datetime) -> list[str | int | float]:
    """The last arguments of `lua.BEAT`."""
    if not message.telemetry:
        return []
    pairs = [part for pair in samples_of(message).items() for part in pair]
    kept = int(samples.KEPT.total_seconds())
    return [samples.PREFIX, samples.moment(at), samples.most(), kept, *pairs]


def remember(*, node: Node, message: Heartbeat, address: str, at: datetime) -> None:
    """Let the next beats that say the same take the short way. Raises RedisError."""
    facts = {
        "keys": keys_of(node, at),
        "machine": node.machine_id,
        "said": said(message, address),
        "until": (at + KEPT).timestamp(),
    }
    pairs = [part for pair in facts.items() for part in pair]
    kept = int(KEPT.total_seconds())
    with client() as store:
        arguments = (kept, str(message.boot_id), message.seq, *pairs)
        store.eval(lua.REMEMBER, 1, record(node.public_id), *arguments)
        # whoever has a record is tended
        store.zadd(BEATS, {str(node.public_id): at.timestamp()}, gt=True)


def keys_of(node: Node, at: datetime) -> str:
    """The keys that a node may sign with, as the record has them: [[hexadecimal, until], ...]."""
    rows = NodeKey.objects.filter(node=node).good(at=at).order_by("-since", "-pk")
    ends = ((row, row.good_until and row.good_until.timestamp()) for row in rows)
    return json.dumps([[bytes(row.public_key).hex(), end] for row, end in ends])


def forget(nodes: Iterable[UUID]) -> None:
    """Have these nodes take the full way next."""
    names = [record(node) for node in nodes]
    if names:
        with client() as store:
            store.delete(*names)


def last_seq(*, node: UUID, boot_id: UUID) -> int | None:
    """The highest number of this boot that came either way, as far as Redis knows."""
    with client() as store:
        boot, seq = store.hmget(record(node), ["boot", "seq"])
    return int(seq) if seq is not None and boot == str(boot_id).encode() else None


def beaten(*, since: float) -> list[UUID]:
    """Nodes that were heard since then, and may have a record."""
    with client() as store:
        return [UUID(name.decode()) for name in store.zrangebyscore(BEATS, since, "+inf")]


def numbers(nodes: Sequence[UUID]) -> list[tuple[UUID, UUID, int]]:
    """Node, boot and last number, of those that have a record."""
    with client() as store, store.pipeline(transaction=False) as together:
        for node in nodes:
            together.hmget(record(node), ["boot", "seq"])
        found = together.execute()
    return [
        (node, UUID(boot.decode()), int(seq))
        for node, (boot, seq) in zip(nodes, found, strict=True)
        if boot and seq
    ]


def text(found: bytes | str) -> str:
    return found.decode() if isinstance(found, bytes) else found


def interval() -> float:
    """Seconds that nodes should leave between beats now."""
    with client() as store:
        found = store.get(INTERVAL)
    return interval_of(found)


def interval_of(found: bytes | str | None) -> float:
    return max(float(found or 0), float(settings.HEARTBEAT_SECONDS))


def set_interval(seconds: int, *, at: datetime) -> None:
    """Have nodes leave so many seconds between beats; forget who was silent for long."""
    with client() as store:
        store.set(INTERVAL, seconds)
        store.zremrangebyscore(BEATS, "-inf", (at - KEPT).timestamp())


def watched() -> float | None:
    """When changes were last told, in seconds since the epoch; None when Redis knows nothing."""
    with client() as store:
        found = store.get(WATCHED)
    return float(found) if found else None


def tell(
    *, versions: dict[int, int], hot: Collection[int], changed: Collection[int], at: datetime
) -> None:
    """Write what changed and which machines are hot, and wake the nodes that wait for it."""
    with client() as store, store.pipeline() as together:
        if versions:
            together.hset(VERSIONS, mapping={str(machine): n for machine, n in versions.items()})
        together.delete(HOT)
        if hot:
            together.sadd(HOT, *hot)
        together.set(WATCHED, at.timestamp())
        if changed:
            together.publish(CHANGED, json.dumps(list(changed)))
        together.execute()
