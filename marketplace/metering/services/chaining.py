"""The chain of an assignment's segments: each in its place once everything before it is here."""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from psycopg.types.range import TimestamptzRange

from agents.protocol.evidence import GENESIS
from marketplace.accounts.trail import trail
from marketplace.brokerage.models import Assignment
from marketplace.metering import placing
from marketplace.metering.models import Closing, Gap, GapKind, Link, Segment
from marketplace.metering.placing import Slice

log = logging.getLogger(__name__)

#: a node may keep its first segment back: what then follows on it at once has no bound of its own
AT_ONCE = 1_000
#: Segments that follow on a digest, one after the other, as far as they are here, and not too many.
#: That a digest is not empty goes without saying, but not for the planner: only so does it go by
#: segment_follows_alone and not through all segments at each step.
FOLLOWING = """
WITH RECURSIVE following (id, sha256, place) AS (
  SELECT s.id, s.content_sha256, 1 FROM metering_segment s
  WHERE s.assignment_id = %(assignment)s AND s.prev_sha256 = %(head)s AND NOT s.forked
  UNION ALL
  SELECT s.id, s.content_sha256, f.place + 1 FROM following f JOIN metering_segment s
    ON s.assignment_id = %(assignment)s AND s.prev_sha256 = f.sha256 AND NOT s.forked
  WHERE s.prev_sha256 <> '' AND f.place < %(most)s
)
SELECT id FROM following ORDER BY place
"""


def extend(*, assignment: Assignment, at: datetime) -> int:
    """Link what now follows on the chain's head, and judge it there; returns how many it was.

    The caller holds the lock on the assignment. What comes once the chain is closed is linked too,
    and never billed. Memory does not grow with what follows.
    """
    linked = [_extend(assignment, at)]
    while linked[-1] == AT_ONCE:
        linked.append(_extend(assignment, at))
    return sum(linked)


def _extend(assignment: Assignment, at: datetime) -> int:
    last = Link.objects.filter(assignment=assignment).order_by("-position").first()
    before = Segment.objects.get(pk=last.pk) if last else None
    head = bytes(before.content_sha256) if before else bytes.fromhex(GENESIS)
    fresh = _following(assignment, head)
    if not fresh:
        return 0
    links, believed = [], last is not None and not last.doubt
    first_boot = _first_boot(assignment, fresh[0])
    for position, segment in enumerate(fresh, start=last.position + 1 if last else 1):
        link = _judged(segment, before, believed, first_boot)
        link.assignment, link.position, link.linked_at = assignment, position, at
        _report_other_gpus(assignment, segment, before, at)
        links.append(link)
        before, believed = segment, not link.doubt
    Link.objects.bulk_create(links)
    _note_late(assignment, links, at)
    return len(links)


def _following(assignment: Assignment, head: bytes) -> list[Segment]:
    with connection.cursor() as cursor:
        cursor.execute(FOLLOWING, {"assignment": assignment.pk, "head": head, "most": AT_ONCE})
        ids = [pk for (pk,) in cursor.fetchall()]
    found = Segment.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


def _first_boot(assignment: Assignment, fresh: Segment) -> UUID:
    first = Link.objects.filter(assignment=assignment, position=1).select_related("segment").first()
    return first.segment.boot_id if first else fresh.boot_id


def slice_of(segment: Segment) -> Slice:
    """The segment as the pure rules take it."""
    return Slice(
        boot_id=segment.boot_id,
        seq=segment.seq,
        start=segment.start,
        end=segment.end,
        mono_from_ms=segment.mono_from_ms,
        mono_ms=segment.mono_ms,
        verified_since=segment.verified_since,
    )


def _judged(
    segment: Segment,
    before: Segment | None,
    believed: bool,
    first_boot: UUID,
) -> Link:
    one, prior = slice_of(segment), slice_of(before) if before else None
    doubt = segment.quarantine or placing.misfit(one, before=prior, first_boot=first_boot)
    if doubt:
        log.warning("segment %s is not billed: %s", segment, doubt)
        return Link(segment=segment, doubt=doubt)
    looked = placing.last_look(one, before=prior, believed=believed)
    time = placing.counted(one, looked=looked)
    return Link(segment=segment, counted=TimestamptzRange(*time) if time else None)


def gpus_of(assignment: Assignment) -> set[str]:
    """UUIDs of the leased GPUs; the caller has them loaded."""
    return {lease.gpu.uuid for lease in assignment.leases.all()}


def _report_other_gpus(
    assignment: Assignment, segment: Segment, before: Segment | None, at: datetime
) -> None:
    """Put on record, once for each change, that a node runs a lease on other GPUs."""
    said = segment.gpu_uuids
    if before is not None and before.gpu_uuids == said:
        return
    if set(said) != gpus_of(assignment):
        gpus = ", ".join(said)
        log.error("%s runs on GPUs that are not leased: %s", assignment, gpus)
        trail(verb="ran on GPUs not leased", subject=assignment, by=None, at=at, gpus=gpus)


def _note_late(assignment: Assignment, links: Sequence[Link], at: datetime) -> None:
    if not Closing.objects.filter(assignment=assignment).exists():
        return
    Gap.objects.bulk_create(
        Gap(
            assignment=assignment,
            during=link.counted,
            kind=GapKind.AFTER_CLOSE,
            billed=False,
            found_at=at,
        )
        for link in links
        if link.counted
    )
