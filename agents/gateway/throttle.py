"""How often one address may try to enrol; proving a signature costs more than counting."""

from datetime import timedelta

import redis
from django.conf import settings
from django.http import HttpRequest

TRIES = 10
WINDOW = timedelta(minutes=1)


class TooOften(Exception):
    """This address tried TRIES times within WINDOW."""


def count_try(request: HttpRequest) -> None:
    """Count one try of the client's address; raises TooOften, and RedisError when it cannot."""
    key = f"straits:enrol:{request.META.get('REMOTE_ADDR', '')}"
    with redis.Redis.from_url(settings.REDIS_URL) as client, client.pipeline() as together:
        together.set(key, 0, nx=True, ex=WINDOW)
        together.incr(key)
        tries = together.execute()[-1]
    if tries > TRIES:
        raise TooOften(f"more than {TRIES} enrolments from this address within a minute; wait")
