"""Where organisations connect from: counted in Redis by requests, made rows by a sweep."""

import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import redis
from django.conf import settings
from django.db import connection, transaction

from marketplace.core.geo import locate

from .models import AccessSighting, Organisation

log = logging.getLogger(__name__)

#: one field per network, with its first and last moment; and where a sweep takes them
FIRST, LAST, TAKEN = "straits:seen:first", "straits:seen:last", ":taken"
#: rows are no evidence themselves, the flags that came of them are
KEPT = timedelta(days=400)
UPSERT = """
INSERT INTO accounts_accesssighting
  (organisation_id, day, prefix, country, network, first_seen, last_seen)
SELECT o.id, %s, %s, %s, %s, %s, %s FROM accounts_organisation o WHERE o.id = %s
ON CONFLICT (organisation_id, day, prefix, country, network) DO UPDATE
SET first_seen = least(accounts_accesssighting.first_seen, excluded.first_seen),
    last_seen = greatest(accounts_accesssighting.last_seen, excluded.last_seen)
"""


class Use(NamedTuple):
    """A field of the hashes."""

    organisation: int
    day: str
    prefix: str
    country: str
    network: str


def note(*, organisation: Organisation, address: str, at: datetime) -> None:
    """Note that the organisation was here, without touching the database.

    A Redis that does not answer costs the note, never the request.
    """
    place = locate(address)
    if place is None:
        return
    day = at.astimezone(UTC).date().isoformat()
    field = json.dumps(Use(organisation.pk, day, place.prefix, place.country, place.network))
    try:
        with _client() as client, client.pipeline() as together:
            together.hsetnx(FIRST, field, at.isoformat())
            together.hset(LAST, field, at.isoformat())
            together.execute()
    except redis.RedisError as error:
        log.warning("access not noted: %s", type(error).__name__)


def keep(*, at: datetime) -> int:
    """Make rows of what was noted and drop rows older than KEPT; returns how many were noted.

    What a sweep took and did not finish the next one takes again: a row counts once.
    """
    with _client() as client:
        for name in (FIRST, LAST):
            if client.exists(name):
                client.renamenx(name, name + TAKEN)
        first, last = (client.hgetall(name + TAKEN) for name in (FIRST, LAST))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(UPSERT, list(_rows(first, last)))
            AccessSighting.objects.filter(day__lt=at.date() - KEPT).delete()
        client.delete(FIRST + TAKEN, LAST + TAKEN)
    return len(last)


def _rows(first: dict[bytes, bytes], last: dict[bytes, bytes]) -> Iterable[tuple[str | int, ...]]:
    for field, until in last.items():
        use = Use(*json.loads(field))
        # the two hashes change hands one after the other: a field may be in one of them only
        since = min(first.get(field, until), until)
        yield *use[1:], since.decode(), until.decode(), use.organisation


def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL)
