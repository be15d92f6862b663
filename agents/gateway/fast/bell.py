"""Who in this process waits until a machine's wishes change, and how they are woken."""

import asyncio
import json
import logging
from collections import defaultdict
from typing import Any
from uuid import UUID

from redis.exceptions import RedisError

from . import store

log = logging.getLogger(__name__)

#: seconds: between looks at the connection; before the next try after it broke
LOOK, PAUSE = 5.0, 1.0


class Turn(asyncio.Event):
    """One node's wait: set when there may be news; `over` when the node asked anew."""

    over = False


class Bell:
    """Wakes by machine. Each node waits once: when it asks again, its older wait is over."""

    def __init__(self, link: Any) -> None:
        self.link = link
        self.waiting: defaultdict[str, dict[UUID, Turn]] = defaultdict(dict)
        self.heard = asyncio.Event()
        self.ear: asyncio.Task[None] | None = None

    def join(self, machine: str, node: UUID) -> Turn:
        """Wait from now on; to be left again."""
        if self.ear is None or self.ear.done():
            self.ear = asyncio.create_task(self._listen())
        here = self.waiting[machine]
        if node in here:
            here[node].over = True
            here[node].set()
        here[node] = Turn()
        return here[node]

    async def hears(self) -> None:
        """Return once every later change is heard of. Raises TimeoutError."""
        await asyncio.wait_for(self.heard.wait(), PAUSE)

    def leave(self, machine: str, node: UUID, turn: Turn) -> None:
        here = self.waiting.get(machine, {})
        if here.get(node) is turn:
            del here[node]
        if not here:
            self.waiting.pop(machine, None)

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except (RedisError, OSError) as error:
                log.warning("nobody is woken until Redis is back: %s", type(error).__name__)
                await asyncio.sleep(PAUSE)

    async def _hear(self) -> None:
        async with self.link.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(store.CHANGED)
            self._ring(list(self.waiting))  # for what was missed while we did not hear
            self.heard.set()
            try:
                while True:
                    message = await channel.get_message(timeout=LOOK)
                    if message:
                        self._ring(json.loads(message["data"]))
            finally:
                self.heard.clear()

    def _ring(self, machines: list[Any]) -> None:
        for machine in machines:
            for event in self.waiting.get(str(machine), {}).values():
                event.set()
