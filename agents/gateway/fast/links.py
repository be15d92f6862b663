"""This process's connection to Redis, and what it remembers of it."""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import redis.asyncio
from django.conf import settings

from agents.gateway.authentication import NONCE_KEPT

from . import lua, store
from .bell import Bell
from .proof import Proof, Request, node_of, prove

log = logging.getLogger(__name__)

#: an answer of Redis that takes longer (seconds) is none: the full way decides
PATIENCE = 2.0
MOST_KEYS = 100_000


class Links:
    """One per process; it connects when it is first used."""

    def __init__(self) -> None:
        self.store = redis.asyncio.Redis.from_url(
            settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        )
        self.bell = Bell(self.store)
        self.beat = self.store.register_script(lua.BEAT)
        self.listen = self.store.register_script(lua.LISTEN)
        #: by node, as its record had them last; each script compares them with the record
        self.keys: dict[UUID, str] = {}

    async def prove(self, request: Request, at: datetime) -> Proof | None:
        """The node that signed the request; None when that is not beyond doubt."""
        node = node_of(request.headers)
        keys = await self._keys(node) if node else ""
        if not (node and keys):
            return None
        return prove(request, node=node, keys=keys, url=settings.PUBLIC_URL + request.path, at=at)

    async def _keys(self, node: UUID) -> str:
        if node not in self.keys:
            found = await self.store.hget(store.record(node), "keys")
            if not found:
                return ""
            if len(self.keys) >= MOST_KEYS:
                self.keys.clear()
            self.keys[node] = store.text(found)
        return self.keys[node]

    def common(self, proof: Proof, at: datetime) -> tuple[list[str], list[str | int | float]]:
        """The keys and arguments with which both scripts begin."""
        nonce = f"straits:nonce:{proof.key}:{proof.nonce}"
        names = [store.record(proof.node), nonce, store.WATCHED, store.VERSIONS]
        within, kept = store.WATCHED_WITHIN.total_seconds(), int(NONCE_KEPT.total_seconds())
        return names, [at.timestamp(), self.keys[proof.node], within, kept]

    def read(self, proof: Proof, answer: Sequence[bytes]) -> list[str] | None:
        """What a script said; None, and our memory of the node is gone, when it said: full."""
        if answer[0] == b"full":
            self.keys.pop(proof.node, None)
            return None
        return [part.decode() for part in answer[1:]]


def unavailable(error: Exception) -> None:
    """The full way decides; it says so to the node if Redis is down for it too."""
    log.warning("the short way of heartbeats is closed: %s", type(error).__name__)
