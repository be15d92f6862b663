"""Notice, each second, whose wishes changed: their nodes are told, and the others need not ask.

The rooms below do not call up when a lease is confirmed or ended. One query compares what every
machine should know of with what it should have known a second ago; the versions are rows, so that
they never fall, and Redis has a copy for the short way.
"""

import logging
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import F

from agents.gateway.fast import store
from agents.gateway.models import MachineWish
from marketplace.brokerage import services as brokerage
from marketplace.catalog.models import Machine

log = logging.getLogger(__name__)

#: of PostgreSQL's advisory locks: two that follow at once would find the same changes
LOCK = 0x5712A175
#: what may have been committed and not yet told when the one before was killed
MARGIN = timedelta(seconds=10)


def version_of(*, machine: Machine) -> int:
    """The version of what this machine should know of; read it before what it stands for."""
    found = MachineWish.objects.filter(machine=machine).values_list("version", flat=True).first()
    return found or 0


def follow(*, at: datetime) -> list[int]:
    """Find the machines whose wishes changed, give those a new version and tell of it.

    Returns their ids. Raises RedisError when nobody can be told; the next call tells it again.
    """
    wishes = brokerage.wishes(at=at)
    now = {wish.machine: wish.digest for wish in wishes}
    with transaction.atomic():
        if not _alone():
            return []
        known = dict(MachineWish.objects.values_list("machine", "digest"))
        changed = {
            machine: now.get(machine, "")
            for machine in now.keys() | known.keys()
            if now.get(machine, "") != known.get(machine, "")
        }
        _write(changed, known.keys(), at)
    _tell({wish.machine for wish in wishes if wish.hot}, changed.keys(), at)
    return sorted(changed)


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _write(changed: dict[int, str], known: Collection[int], at: datetime) -> None:
    MachineWish.objects.bulk_create(
        MachineWish(machine_id=machine, digest=digest, version=1, changed_at=at)
        for machine, digest in changed.items()
        if machine not in known
    )
    for machine, digest in changed.items():
        if machine in known:
            MachineWish.objects.filter(machine=machine).update(
                digest=digest, version=F("version") + 1, changed_at=at
            )


def _tell(hot: Collection[int], changed: Collection[int], at: datetime) -> None:
    """Bring Redis up to date: everything when it knows nothing, else what changed since."""
    before = store.watched()
    rows = MachineWish.objects.all()
    if before is not None:
        rows = rows.filter(changed_at__gte=datetime.fromtimestamp(before, UTC) - MARGIN)
    store.tell(
        versions=dict(rows.values_list("machine", "version")), hot=hot, changed=changed, at=at
    )
