"""Who was heard of when. Redis only: a heartbeat must not cost a write to the database.

Losing it all costs one beat: machines look silent until they speak again.
"""

from datetime import datetime

import redis
from django.conf import settings

KEY = "straits:machine:last_seen"


def _client() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_URL)


def note(*, machine_id: int, at: datetime) -> None:
    """Remember that the machine was heard of at this moment; an older note never wins."""
    with _client() as client:
        client.zadd(KEY, {str(machine_id): at.timestamp()}, gt=True)


def last_seen(*, machine_ids: list[int]) -> dict[int, float | None]:
    """When each machine was last heard of, in seconds since the epoch; None when never."""
    if not machine_ids:
        return {}
    with _client() as client:
        scores = client.zmscore(KEY, [str(pk) for pk in machine_ids])
    return dict(zip(machine_ids, scores, strict=True))
