"""A heartbeat that says what the one before said: proven, counted and answered by Redis alone."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from redis.exceptions import RedisError

from agents.gateway.reading import Invalid, Malformed, parse
from agents.protocol.messages import Heartbeat, HeartbeatReply

from . import store
from .links import Links, unavailable
from .proof import Request


async def heartbeat(
    request: Request, links: Links, receive: Callable[[], Awaitable[Any]], at: datetime
) -> HeartbeatReply | None:
    """The answer to a heartbeat with no news; None for every other, which is left untouched."""
    try:
        message = parse(Heartbeat, request.body)
        if message.inventory is not None or message.refused or message.desired_version is None:
            return None
        return await _beat(request, message, links, at)
    except (Malformed, Invalid):
        return None
    except RedisError as error:
        unavailable(error)
        return None


async def _beat(
    request: Request, message: Heartbeat, links: Links, at: datetime
) -> HeartbeatReply | None:
    proof = await links.prove(request, at)
    if proof is None:
        return None
    names, values = links.common(proof, at)
    names += [store.HOT, store.LAST_SEEN, store.BEATS, store.INTERVAL]
    boot, said = str(message.boot_id), store.said(message, request.address)
    values += [str(proof.node), boot, message.seq, said, str(message.desired_version)]
    values += store.telemetry(message, at)
    told = links.read(proof, await links.beat(keys=names, args=values))
    if told is None:
        return None
    version, interval = told
    return HeartbeatReply(
        server_time=at,
        next_heartbeat_s=store.interval_of(interval),
        want_inventory=False,
        desired=None,
        desired_version=int(version),
    )
