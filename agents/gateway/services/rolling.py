"""From Redis to PostgreSQL, in bulk: how far nodes have counted; and back: who is known no more."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection

from agents.gateway.fast import store
from agents.gateway.models import Node
from marketplace.catalog.states import MachineState

#: nodes written in one statement
BATCH = 1000
#: looked at again, should the call before have died on its way
SINCE = timedelta(minutes=5)

ADVANCE = """
UPDATE gateway_nodeboot AS boot SET last_seq = heard.seq, heard_at = %s
FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[]) AS heard (node, boot_id, seq)
JOIN gateway_node AS node ON node.public_id = heard.node
WHERE boot.node_id = node.id AND boot.boot_id = heard.boot_id
  AND boot.left_at IS NULL AND boot.last_seq < heard.seq
"""


def roll_up(*, at: datetime) -> int:
    """Write the numbers of nodes that were heard on the short way; how many rows moved.

    Behind this the fence of a Redis that lost its memory is as far back as the last call.
    """
    heard = store.beaten(since=(at - SINCE).timestamp())
    parts = (heard[start : start + BATCH] for start in range(0, len(heard), BATCH))
    return sum(_advance(part, at) for part in parts)


def _advance(nodes: Sequence[UUID], at: datetime) -> int:
    found = store.numbers(nodes)
    if not found:
        return 0
    columns = [list(column) for column in zip(*found, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(ADVANCE, [at, *columns])
        return int(cursor.rowcount)


def tend(*, at: datetime) -> list[UUID]:
    """Drop records of nodes that were shut out or whose machine is not online; returns these.

    Whoever changes such a thing drops the record at once; this finds what a crash left behind. Sets
    the interval of beats by the number of nodes.
    """
    heard = set(store.beaten(since=(at - SINCE).timestamp()))
    live = set(
        Node.objects.live()
        .filter(machine__state=MachineState.ONLINE)
        .values_list("public_id", flat=True)
    )
    gone = sorted(heard - live)
    store.forget(gone)
    store.set_interval(interval_for(len(live)), at=at)
    return gone


def interval_for(nodes: int) -> int:
    """Seconds between beats, so that so many nodes send no more than HEARTBEATS_PER_SECOND.

    Never so long that a machine is silent because one beat was lost.
    """
    least, most = settings.HEARTBEAT_SECONDS, settings.SILENT_AFTER_SECONDS // 2
    return max(least, min(-(-nodes // settings.HEARTBEATS_PER_SECOND), most))
