"""How many streams one person has open, over all processes: counted in Redis, never the truth."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import redis
from django.conf import settings

#: streams that one person may have open
MOST = 8
#: a seat that nobody keeps is free again after this
KEPT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Seat:
    """One open stream."""

    key: str
    name: str


class NoSeat(Exception):
    """This person has enough streams open."""


def take(*, person: int, at: datetime) -> Seat:
    """Raises NoSeat; of calls that come at once never more than MOST get one."""
    seat = Seat(f"straits:streams:{person}", uuid4().hex)
    with (
        redis.Redis.from_url(settings.REDIS_URL) as client,
        client.pipeline(transaction=True) as together,
    ):
        together.zremrangebyscore(seat.key, "-inf", at.timestamp())
        together.zadd(seat.key, {seat.name: (at + KEPT).timestamp()})
        together.zcard(seat.key)
        together.expire(seat.key, KEPT)
        taken = together.execute()[2]
        if taken > MOST:
            client.zrem(seat.key, seat.name)
            raise NoSeat
    return seat
