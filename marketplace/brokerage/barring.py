"""The leases that leave no room on the GPUs of some machines, however full their calendars are."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from psycopg.types.range import TimestamptzRange

from marketplace.catalog.models import LONGEST_CLEANING_S

from .models import Lease
from .states import LIVE

#: a look for each GPU takes some 15 µs: of more GPUs all leases are read and those in the way kept
FEW = 1000
#: The same leases as `LeaseQuerySet.barring` finds. The first two conditions of the inner look are
#: the terms of the constraint `lease_gpu_sold_once`, whose index finds a window of one GPU without
#: its other leases; OFFSET 0 keeps the look inside, one for each GPU.
ROWS: Final = """
SELECT gpu.id, lease.during, lease.cleaning_s
  FROM catalog_gpu gpu
 CROSS JOIN LATERAL (
   SELECT live.during, live.cleaning_s FROM brokerage_lease live
    WHERE live.state IN (%s, %s, %s)
      AND int8range(live.gpu_id, live.gpu_id, '[]') && int8range(gpu.id, gpu.id, '[]')
      AND brokerage_occupied(live.during, live.cleaning_s) && %s
      AND (live.during && %s OR (live.cleaning_s > 0
        AND brokerage_apart(live.during, live.cleaning_s) && %s))
   OFFSET 0) lease
 WHERE gpu.machine_id = ANY(%s)
"""


def barring(
    machines: Collection[int], start: datetime, end: datetime, *, gpus: int
) -> list[tuple[int, Any, int]]:
    """GPU, window (a range) and cleaning in seconds of each live lease in the way of a like one in
    [start, end) on these machines (by primary key), which have so many GPUs.
    """
    if gpus > FEW:
        rows = Lease.objects.live().barring(start, end).filter(gpu__machine__in=machines)
        return list(rows.values_list("gpu", "during", "cleaning_s"))
    window: Any = TimestamptzRange(start, end)
    # one that begins so soon after `end` wants the time before it for cleaning
    reach: Any = TimestamptzRange(start, end + timedelta(seconds=LONGEST_CLEANING_S))
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [*LIVE, reach, window, window, list(machines)])
        return list(cursor.fetchall())
