"""The long poll: a node waits here until what it should know of has another version."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.timezone import now
from redis.exceptions import RedisError

from agents.gateway.reading import Invalid, Malformed, parse
from agents.protocol.messages import Heard, Listen

from . import store
from .bell import Turn
from .links import Links, unavailable
from .proof import Proof, Request

Receive = Callable[[], Awaitable[Any]]


async def listen(request: Request, links: Links, receive: Receive, at: datetime) -> Heard | None:
    """The version of the node's wishes, once it is another or the wait is over."""
    try:
        message = parse(Listen, request.body)
        proof = await links.prove(request, at)
        if proof is None:
            return None
        told = links.read(proof, await _ask(links, proof, at))
        if told is None:
            return None
        version, machine = told
        if version == str(message.desired_version) and message.wait_s:
            with suppress(RedisError, TimeoutError):  # then it is as it was
                version = await _wait(links, proof.node, machine, message, receive)
        return Heard(server_time=now(), desired_version=int(version))
    except (Malformed, Invalid):
        return None
    except RedisError as error:
        unavailable(error)
        return None


async def _ask(links: Links, proof: Proof, at: datetime) -> Any:
    names, values = links.common(proof, at)
    return await links.listen(keys=names, args=values)


async def _wait(links: Links, node: UUID, machine: str, message: Listen, receive: Receive) -> str:
    turn, had = links.bell.join(machine, node), str(message.desired_version)
    gone = asyncio.ensure_future(receive())
    deadline = time.monotonic() + message.wait_s
    try:
        await links.bell.hears()
        while True:
            turn.clear()
            # after we hear, so that nothing can change unheard between the look and the wait
            version = await _version(links, machine)
            left = deadline - time.monotonic()
            if version != had or turn.over or gone.done() or left <= 0:
                return version
            await _either(turn, gone, left)
    finally:
        gone.cancel()
        links.bell.leave(machine, node, turn)


async def _version(links: Links, machine: str) -> str:
    found = await links.store.hget(store.VERSIONS, machine)
    return store.text(found) if found else "0"


async def _either(turn: Turn, gone: asyncio.Future[Any], seconds: float) -> None:
    """Until there may be news, the node has gone, or the wait is over."""
    news = asyncio.ensure_future(turn.wait())
    try:
        await asyncio.wait([news, gone], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        news.cancel()
