"""Server-sent events that carry no data: "something changed, look again"."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from typing import cast

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.timezone import now
from redis.exceptions import RedisError

from marketplace.core import changes
from marketplace.core.models import Record

from . import seats
from .ear import Ear, ear

#: seconds between signs of life, by which both sides notice that the other is gone
BEAT = 20.0
#: seconds after which a stream ends: the browser comes again and is asked anew who it is
LIFE = 300.0
#: seconds between two events, however much changes
CALM = 0.5
CHANGED, ALIVE, COME_AGAIN = "event: changed\ndata:\n\n", ":\n\n", "retry: 3000\n\n"


def stream(request: HttpRequest, row: Record) -> HttpResponse:
    """The changes of a row that the visitor may see, or 204 (stop asking) where there are none.

    429 when this person has too many open. The page polls then.
    """
    if not isinstance(request, ASGIRequest):
        return HttpResponse(status=204)  # a server with a thread for each connection
    try:
        seat = seats.take(person=request.user.pk or 0, at=now())
    except seats.NoSeat:
        return HttpResponse(status=429, headers={"Retry-After": str(int(LIFE))})
    except RedisError:
        return HttpResponse(status=204)
    answer = StreamingHttpResponse(
        _events(changes.topic(row), seat), content_type="text/event-stream"
    )
    answer["X-Accel-Buffering"] = "no"
    return cast(HttpResponse, answer)


async def _events(topic: str, seat: seats.Seat) -> AsyncIterator[str]:
    await sync_to_async(_let_go)()
    here = ear()
    try:
        with here.listening(topic) as event:
            async for text in told(event, life=LIFE, beat=BEAT):
                yield text
                await _keep(here, seat, now())
    finally:
        with suppress(RedisError, OSError):
            await here.link.zrem(seat.key, seat.name)


def _let_go() -> None:
    """Hand the database connection back: the stream needs none, and lasts for minutes."""
    connection.close()


async def _keep(here: Ear, seat: seats.Seat, at: datetime) -> None:
    with suppress(RedisError, OSError):
        await here.link.zadd(seat.key, {seat.name: (at + seats.KEPT).timestamp()})
        await here.link.expire(seat.key, seats.KEPT)


async def told(
    event: asyncio.Event, *, life: float, beat: float, calm: float = CALM
) -> AsyncIterator[str]:
    """What is written to the browser, until the life is over."""
    clock = asyncio.get_running_loop().time
    ends = clock() + life
    yield COME_AGAIN
    while (left := ends - clock()) > 0:
        try:
            await asyncio.wait_for(event.wait(), min(beat, left))
        except TimeoutError:
            yield ALIVE
            continue
        event.clear()
        yield CHANGED
        await asyncio.sleep(calm)
