"""Tell open pages that a row changed, so that they look again at once.

Only a hint: a message names the row and carries nothing of it. Nobody waits for it, and a page that
missed one looks again by itself a little later.
"""

import logging
from functools import cache, partial

import redis
from django.conf import settings
from django.db import transaction
from redis.exceptions import RedisError

from .models import Record

log = logging.getLogger(__name__)

CHANNEL = "straits:changed"
#: seconds; a Redis that does not answer within them costs the hint
PATIENCE = 0.5


def topic(row: Record) -> str:
    """What a page listens for to hear of this row."""
    return f"{row._meta.label_lower}:{row.public_id}"


def after_commit(row: Record) -> None:
    """Tell once the surrounding transaction has committed; a Redis that is down is only logged."""
    transaction.on_commit(partial(_publish, topic(row)))


def _publish(name: str) -> None:
    try:
        _client(settings.REDIS_URL).publish(CHANNEL, name)
    except (RedisError, OSError) as error:
        log.warning("change of %s not told (%s); pages look by themselves", name, error)


@cache
def _client(url: str) -> "redis.Redis":
    """One pool of connections a process: every change of a state publishes."""
    return redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
