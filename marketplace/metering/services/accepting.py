"""Usage segments in: each proven, stored once, and put in its place in the chain."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction

from agents.protocol import evidence
from marketplace.accounts.trail import trail
from marketplace.brokerage.models import Assignment
from marketplace.catalog.models import Machine
from marketplace.metering import placing
from marketplace.metering.models import Segment, Signer

from .chaining import extend, gpus_of

log = logging.getLogger(__name__)
FORKED = "it follows on a segment that another one follows already"


@dataclass(frozen=True)
class SegmentIn:
    """One slice of running time as a node signed it; `prev` and `signature` in hexadecimal."""

    assignment: UUID
    boot_id: UUID
    seq: int
    start: datetime
    end: datetime
    mono_from_ms: int
    mono_ms: int
    gpu_uuids: tuple[str, ...]
    verified_since: datetime | None
    energy_mj: int
    final: bool
    prev: str
    signature: str

    @cached_property
    def facts(self) -> dict[str, object]:
        return asdict(self)

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 of what is signed; the segment that follows names it."""
        return bytes.fromhex(evidence.digest(self.facts))


class SegmentConflict(Exception):
    """The node sent other content under a (boot_id, seq) it had used before."""


class SegmentNotSigned(Exception):
    """The signature on a segment is not its node's, or the segment was changed after signing."""


def signer(*, node: UUID, machine: Machine, public_key: bytes, enrolled_at: datetime) -> Signer:
    """The row of a node's key, made when it first brings usage."""
    return Signer.objects.get_or_create(
        public_key=public_key,
        defaults={"node": node, "machine": machine, "enrolled_at": enrolled_at},
    )[0]


def accept(
    *, machine: Machine, signer: Signer, segments: Sequence[SegmentIn], at: datetime
) -> list[int]:
    """Store segments, each exactly once; return the seqs that are now safely stored.

    Duplicates, any order and late arrival are normal; what arrives before its predecessor waits. A
    segment of an assignment that is not this machine's is not stored and its seq is left out. Of
    two that follow on the same one, the second is kept in quarantine, and the fork goes on record.
    Raises SegmentNotSigned, and SegmentConflict when a (boot_id, seq) comes back with different
    content; then nothing was stored.
    """
    owned = Assignment.objects.on(machine)
    names = set(
        owned.filter(public_id__in={one.assignment for one in segments}).values_list(
            "public_id", flat=True
        )
    )
    known = [segment for segment in segments if segment.assignment in names]
    if len(known) < len(segments):
        log.warning("%s sent segments of assignments that are not its own", machine)
    _prove(known, signer)
    with transaction.atomic():
        # whoever adds to a chain holds its assignment
        rows = (
            owned.filter(public_id__in=names)
            .select_related("reservation")
            .prefetch_related("leases__gpu")
            .select_for_update(no_key=True, of=("self",))
            .order_by("pk")
        )
        assignments = {row.public_id: row for row in rows}
        _store(machine, signer, assignments, known, at)
        for assignment in assignments.values():
            extend(assignment=assignment, at=at)
    return sorted({segment.seq for segment in known})


def _prove(segments: Iterable[SegmentIn], signer: Signer) -> None:
    key = Ed25519PublicKey.from_public_bytes(bytes(signer.public_key))
    for segment in segments:
        if not evidence.signed_by(segment.facts, segment.signature, key):
            raise SegmentNotSigned(
                f"segment {segment.seq} of boot {segment.boot_id} does not bear its node's "
                "signature; it stays unbilled"
            )


def _store(
    machine: Machine,
    signer: Signer,
    assignments: Mapping[UUID, Assignment],
    segments: Sequence[SegmentIn],
    at: datetime,
) -> None:
    before = _stored(machine, segments)
    fresh = {
        (segment.boot_id, segment.seq): segment
        for segment in segments
        if (segment.boot_id, segment.seq) not in before
    }
    taken = _followed(assignments, fresh.values())
    rows = []
    for segment in fresh.values():
        assignment = assignments[segment.assignment]
        place = (assignment.pk, bytes.fromhex(segment.prev))
        rows.append(_row(machine, signer, assignment, segment, place in taken, at))
        taken.add(place)
    Segment.objects.bulk_create(rows, ignore_conflicts=True)
    _require_same(machine, segments)


def _stored(machine: Machine, segments: Sequence[SegmentIn]) -> dict[tuple[UUID, int], bytes]:
    rows = Segment.objects.filter(
        machine=machine,
        boot_id__in={segment.boot_id for segment in segments},
        seq__in={segment.seq for segment in segments},
    )
    return {(row.boot_id, row.seq): bytes(row.content_sha256) for row in rows}


def _followed(
    assignments: Mapping[UUID, Assignment], segments: Iterable[SegmentIn]
) -> set[tuple[int, bytes]]:
    """Which of the segments' predecessors have a follower already, by assignment."""
    rows = Segment.objects.filter(
        assignment__in=[row.pk for row in assignments.values()],
        prev_sha256__in={bytes.fromhex(segment.prev) for segment in segments},
        forked=False,
    )
    return {(pk, bytes(prev)) for pk, prev in rows.values_list("assignment", "prev_sha256")}


def _row(
    machine: Machine,
    signer: Signer,
    assignment: Assignment,
    segment: SegmentIn,
    forked: bool,
    at: datetime,
) -> Segment:
    reason = FORKED if forked else _doubt(assignment, segment, at)
    if reason:
        log.warning("segment %s #%s quarantined: %s", assignment, segment.seq, reason)
    if forked:
        trail(verb="forked its usage", subject=assignment, by=None, at=at, seq=str(segment.seq))
    return Segment(
        assignment=assignment,
        machine=machine,
        boot_id=segment.boot_id,
        seq=segment.seq,
        start=segment.start,
        end=segment.end,
        mono_from_ms=segment.mono_from_ms,
        mono_ms=segment.mono_ms,
        gpu_uuids=list(segment.gpu_uuids),
        verified_since=segment.verified_since,
        energy_mj=segment.energy_mj,
        final=segment.final,
        received_at=at,
        content_sha256=segment.digest,
        prev_sha256=bytes.fromhex(segment.prev),
        signature=bytes.fromhex(segment.signature),
        signer=signer,
        forked=forked,
        quarantine=reason,
    )


def _doubt(assignment: Assignment, segment: SegmentIn, at: datetime) -> str:
    window = assignment.reservation.during
    return placing.doubt(
        start=segment.start,
        end=segment.end,
        mono_ms=segment.mono_ms,
        gpu_uuids=segment.gpu_uuids,
        leased=gpus_of(assignment),
        window=(window.lower, window.upper),
        received_at=at,
    )


def _require_same(machine: Machine, segments: Sequence[SegmentIn]) -> None:
    stored = _stored(machine, segments)
    for segment in segments:
        if stored[segment.boot_id, segment.seq] != segment.digest:
            raise SegmentConflict(
                f"segment {segment.seq} of boot {segment.boot_id} was sent before with other "
                "content; a sequence number is never used twice"
            )
