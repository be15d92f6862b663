"""Timing of round trips. Redis only, and the clock of one host that nobody sets."""

import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import redis
from django.conf import settings

ROUNDS = 5
NONCE_BYTES = 16
#: a nonce that does not come back so soon says nothing
SECONDS = 10


class BadEcho(Exception):
    """This nonce was not sent to this node, or it came too late, or twice."""


@dataclass(frozen=True)
class Round:
    """`best_us` is the shortest so far; None before the first has come back."""

    nonce: str | None
    best_us: int | None


def begin(*, node: UUID, clock: Callable[[], int] = time.monotonic_ns) -> Round:
    """The first nonce."""
    return _send(node, ROUNDS, None, clock)


def back(*, node: UUID, nonce: str, clock: Callable[[], int] = time.monotonic_ns) -> Round:
    """A nonce came back: note how long it took and send the next; after the last there is none.

    Raises BadEcho. Whoever answers must be this process's host: clocks of two do not agree.
    """
    arrived = clock()
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        held = client.getdel(_key(nonce))
    if not isinstance(held, bytes):
        raise BadEcho("this nonce is not waited for; begin anew")
    whom, host, left, best, sent = held.decode().split()
    if whom != str(node) or host != socket.gethostname():
        raise BadEcho("this nonce was sent to another node, or by another host; begin anew")
    took = (arrived - int(sent)) // 1000
    shortest = min(took, int(best)) if int(best) else took
    if int(left) <= 1:
        return Round(None, shortest)
    return _send(node, int(left) - 1, shortest, clock)


def _send(node: UUID, left: int, best: int | None, clock: Callable[[], int]) -> Round:
    nonce = secrets.token_urlsafe(NONCE_BYTES)
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        # the clock is read last: what comes after it only makes the trip seem longer
        held = f"{node} {socket.gethostname()} {left} {best or 0} {clock()}"
        client.set(_key(nonce), held, ex=SECONDS)
    return Round(nonce, best)


def _key(nonce: str) -> str:
    return f"straits:probe:{nonce}"
