"""Usage segments in, sealed usage out. Nodes report facts; what is billed is decided here."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from marketplace.brokerage.models import Assignment, Lease, Reservation
from marketplace.brokerage.states import LeaseState
from marketplace.catalog.models import Machine

from . import placing
from .models import Segment

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SegmentIn:
    """One slice of running time as a node reports it; `digest` is the SHA-256 of its content."""

    assignment: UUID
    boot_id: UUID
    seq: int
    start: datetime
    end: datetime
    mono_ms: int
    gpu_uuids: tuple[str, ...]
    energy_mj: int
    final: bool
    digest: bytes


class SegmentConflict(Exception):
    """The node sent other content under a (boot_id, seq) it had used before."""


def accept(*, machine: Machine, segments: Sequence[SegmentIn], at: datetime) -> list[int]:
    """Store segments, each exactly once; return the seqs that are now safely stored.

    Duplicates, any order and late arrival are normal. A segment of an assignment that is not this
    machine's is not stored and its seq is left out. Raises SegmentConflict, storing nothing, when a
    (boot_id, seq) comes back with different content.
    """
    assignments = {
        assignment.public_id: assignment
        for assignment in Assignment.objects.on(machine)
        .filter(public_id__in={segment.assignment for segment in segments})
        .prefetch_related("leases__gpu")
    }
    known = [segment for segment in segments if segment.assignment in assignments]
    if len(known) < len(segments):
        log.warning("%s sent segments of assignments that are not its own", machine)
    with transaction.atomic():
        Segment.objects.bulk_create(
            [_row(machine, assignments[segment.assignment], segment, at) for segment in known],
            ignore_conflicts=True,
        )
        _require_same(machine, known)
    return sorted({segment.seq for segment in known})


def _row(machine: Machine, assignment: Assignment, segment: SegmentIn, at: datetime) -> Segment:
    leased = {lease.gpu.uuid for lease in assignment.leases.all()}
    reason = placing.doubt(
        start=segment.start,
        end=segment.end,
        mono_ms=segment.mono_ms,
        gpu_uuids=segment.gpu_uuids,
        leased=leased,
        received_at=at,
    )
    if reason:
        log.warning("segment %s #%s quarantined: %s", assignment, segment.seq, reason)
    return Segment(
        assignment=assignment,
        machine=machine,
        boot_id=segment.boot_id,
        seq=segment.seq,
        start=segment.start,
        end=segment.end,
        mono_ms=segment.mono_ms,
        gpu_uuids=list(segment.gpu_uuids),
        energy_mj=segment.energy_mj,
        final=segment.final,
        received_at=at,
        content_sha256=segment.digest,
        quarantine=reason,
    )


def _require_same(machine: Machine, segments: Sequence[SegmentIn]) -> None:
    stored = {
        (row.boot_id, row.seq): bytes(row.content_sha256)
        for row in Segment.objects.filter(
            machine=machine,
            boot_id__in={segment.boot_id for segment in segments},
            seq__in={segment.seq for segment in segments},
        )
    }
    for segment in segments:
        if stored[segment.boot_id, segment.seq] != segment.digest:
            raise SegmentConflict(
                f"segment {segment.seq} of boot {segment.boot_id} was sent before with other "
                "content; a sequence number is never used twice"
            )


#: Time of a lease that segments cover, inside the lease and not sealed before. Multiranges make a
#: union of it, so duplicates, overlaps and any order of arrival give the same answer.
UNSEALED = """
WITH covered AS (
  SELECT coalesce(range_agg(tstzrange(s.start, s."end", '[)')), '{}'::tstzmultirange)
           * tstzmultirange(tstzrange(%(begin)s, %(finish)s, '[)')) AS span
  FROM metering_segment s
  WHERE s.assignment_id = %(assignment)s AND s.quarantine = ''
), sealed AS (
  SELECT coalesce(range_agg(u.during), '{}'::tstzmultirange) AS span
  FROM metering_usage u WHERE u.lease_id = %(lease)s
)
INSERT INTO metering_usage (public_id, created_at, lease_id, during, sealed_at)
SELECT gen_random_uuid(), %(at)s, %(lease)s, piece, %(at)s
FROM covered, sealed, unnest(covered.span - sealed.span) AS piece
"""


def seal(*, reservation: Reservation, at: datetime) -> None:
    """Append the usage that arrived since the last seal, lease by lease, under the lease's lock.

    Billed time = union of believed segments, within the lease as the server knows it. What is
    sealed stays; a segment that arrives later adds only the time it newly covers.
    """
    with transaction.atomic():
        leases = (
            Lease.objects.filter(
                assignment__reservation=reservation,
                state__in=[LeaseState.ACTIVE, LeaseState.ENDED],
            )
            .select_for_update(no_key=True, of=("self",))
            .order_by("pk")
        )
        for lease in leases:
            _seal_lease(lease, at)


def _seal_lease(lease: Lease, at: datetime) -> None:
    assert lease.started_at is not None  # noqa: S101  the database's constraint says so
    begin = max(lease.started_at, lease.during.lower)
    finish = min(lease.ended_at or at, lease.during.upper)
    if finish <= begin:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            UNSEALED,
            {
                "begin": begin,
                "finish": finish,
                "assignment": lease.assignment_id,
                "lease": lease.pk,
                "at": at,
            },
        )


def covered_ms(*, lease: Lease) -> int:
    """Whole milliseconds of sealed usage of a lease: the sum is taken first, then rounded down."""
    spans = lease.usage.values_list("during", flat=True)
    total = sum((span.upper - span.lower for span in spans), timedelta())
    return total // timedelta(milliseconds=1)


def is_complete(*, reservation: Reservation, at: datetime) -> bool:
    """Whether nothing more is expected of an ended reservation.

    True when each assignment that started has sent its final segment, or when
    SETTLE_GRACE_SECONDS have passed since the end.
    """
    if reservation.ended_at is None:
        return False
    grace = timedelta(seconds=settings.SETTLE_GRACE_SECONDS)
    if at >= reservation.ended_at + grace:
        return True
    started = reservation.assignments.filter(started_at__isnull=False)
    return not started.exclude(segments__final=True).exists()
