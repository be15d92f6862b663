"""Hears of changes for every open stream of this process, over one connection to Redis."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from weakref import WeakKeyDictionary

import redis.asyncio
from django.conf import settings
from redis.exceptions import RedisError

from marketplace.core.changes import CHANNEL

log = logging.getLogger(__name__)

#: seconds: between looks at the connection; before the next try after it broke
LOOK, PAUSE = 5.0, 1.0


class Ear:
    """Wakes whoever waits for a topic. It listens while anybody waits."""

    def __init__(self, url: str) -> None:
        self.link = redis.asyncio.Redis.from_url(url)
        self.waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self.task: asyncio.Task[None] | None = None
        self.heard = False

    @contextmanager
    def listening(self, topic: str) -> Iterator[asyncio.Event]:
        """An event that is set at every change of the topic, and whenever one may have been missed:
        at first, and once Redis is heard again.
        """
        event = asyncio.Event()
        self.waiting[topic].add(event)
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self._listen())
        elif self.heard:
            event.set()
        try:
            yield event
        finally:
            self.waiting[topic].discard(event)
            if not self.waiting[topic]:
                del self.waiting[topic]
            if not self.waiting and self.task is not None:
                self.task.cancel()
                self.task = None

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except (RedisError, OSError) as error:
                log.warning("pages hear of no change until Redis is back: %s", error)
                await asyncio.sleep(PAUSE)

    async def _hear(self) -> None:
        async with self.link.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(CHANNEL)
            self.heard = True
            for topic in list(self.waiting):  # for what was missed while we did not hear
                self._ring(topic)
            try:
                while True:
                    message = await channel.get_message(timeout=LOOK)
                    if message:
                        self._ring(message["data"].decode())
            finally:
                self.heard = False

    def _ring(self, topic: str) -> None:
        for event in self.waiting.get(topic, ()):
            event.set()


@cache
def _ears() -> WeakKeyDictionary[asyncio.AbstractEventLoop, Ear]:
    return WeakKeyDictionary()


def ear() -> Ear:
    """That of the running loop: a server has one loop."""
    loop, known = asyncio.get_running_loop(), _ears()
    if loop not in known:
        known[loop] = Ear(settings.REDIS_URL)
    return known[loop]
