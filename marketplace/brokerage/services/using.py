"""Which GPUs of a machine are leased now or soon, for who must not get in their way."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from psycopg.types.range import TimestamptzRange

from marketplace.brokerage.models import Lease
from marketplace.catalog.models import Machine


def leased(*, machine: Machine, at: datetime, within: timedelta) -> Mapping[str, datetime]:
    """By UUID of the GPU, when its lease begins or began, of all that touch [at, at + within)."""
    soon = TimestamptzRange(at, at + within)
    rows = Lease.objects.live().filter(gpu__machine=machine, during__overlap=soon)
    starts: dict[str, datetime] = {}
    for uuid, during in rows.values_list("gpu__uuid", "during"):
        starts[uuid] = min(during.lower, starts.get(uuid, during.lower))
    return starts
