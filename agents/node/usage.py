"""Bring the spool's segments to the marketplace. None is dropped; none is sent for ever."""

import logging
from uuid import UUID

from agents.protocol import evidence
from agents.protocol.messages import SegmentReport, UsageBatch, UsageReply

from .client import USAGE, Client, Refused, Unreachable
from .spool import Spool

log = logging.getLogger(__name__)

BATCH = 100
#: what is wrong with such a message will be wrong with it tomorrow
HOPELESS = (400, 409, 413, 422)


def send(*, spool: Spool, client: Client, timeout: float) -> None:
    """Send everything that has no answer yet, oldest first. Raises Unreachable and Refused."""
    while (unsent := spool.unsent(limit=BATCH)) is not None:
        boot_id, segments = unsent
        _send(spool, client, boot_id, segments, timeout)


def _send(
    spool: Spool, client: Client, boot_id: UUID, segments: list[SegmentReport], timeout: float
) -> None:
    signed = tuple(_signed(segment, boot_id, client) for segment in segments)
    batch = UsageBatch(boot_id=boot_id, segments=signed)
    try:
        reply = client.post(USAGE, batch, UsageReply, timeout=timeout)
    except Refused as refused:
        if refused.problem.status not in HOPELESS:
            raise
        _isolate(spool, client, boot_id, segments, timeout, refused)
        return
    sent = {segment.seq for segment in segments}
    if not sent & {*reply.stored, *reply.unknown}:
        raise Unreachable("the marketplace neither stored nor refused our usage")
    spool.note_answer("stored", sent & set(reply.stored))
    spool.note_answer("unknown", sent & set(reply.unknown))
    if reply.unknown:
        log.warning("%d segments are of assignments that are not ours", len(reply.unknown))


def _signed(segment: SegmentReport, boot_id: UUID, client: Client) -> SegmentReport:
    """Signed when it is sent, so that it is signed with the key that the marketplace knows now."""
    facts = {**segment.model_dump(), "boot_id": boot_id}
    return segment.model_copy(update={"signature": evidence.sign(facts, client.key)})


def _isolate(
    spool: Spool,
    client: Client,
    boot_id: UUID,
    segments: list[SegmentReport],
    timeout: float,
    refused: Refused,
) -> None:
    """Find the segment that spoils its batch, so that the others still get through."""
    if len(segments) == 1:
        log.error("segment %d stays here unbilled: %s", segments[0].seq, refused)
        spool.note_answer("refused", [segments[0].seq])
        return
    middle = len(segments) // 2
    for half in (segments[:middle], segments[middle:]):
        _send(spool, client, boot_id, half, timeout)
