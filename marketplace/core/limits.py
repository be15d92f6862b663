"""How often somebody did something within a fixed window: counted in Redis, never the truth."""

import hashlib
from datetime import timedelta

import redis
from django.conf import settings


def count(*, name: str, who: str, window: timedelta) -> int:
    """Count one more and return how many there were since the window began.

    Raises RedisError when it cannot be counted.
    """
    key = _key(name, who)
    with redis.Redis.from_url(settings.REDIS_URL) as client, client.pipeline() as together:
        together.set(key, 0, nx=True, ex=window)
        together.incr(key)
        return int(together.execute()[-1])


def left(*, name: str, who: str) -> int:
    """Seconds until the window that is counted in is over, at least one. Raises RedisError."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        return max(1, -(-int(client.pttl(_key(name, who))) // 1000))


def _key(name: str, who: str) -> str:
    # hashed: what people type is neither a key nor to be read there
    return f"straits:limit:{name}:{hashlib.sha256(who.encode(errors='replace')).hexdigest()}"
