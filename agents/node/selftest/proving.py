"""Is the usage of a lease whole, signed and exact? Pure: segments in, a sentence out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agents.protocol import evidence
from agents.protocol.messages import SegmentReport

from .steps import Wrong

MS = timedelta(milliseconds=1)


def proven(
    segments: Sequence[SegmentReport],
    *,
    boot_id: UUID,
    key: Ed25519PrivateKey,
    gpu_uuids: Sequence[str],
    begun: datetime,
) -> str:
    """Raises Wrong unless they are one signed chain from `begun` on, verified all along."""
    if not segments:
        raise Wrong("nothing was metered")
    digest, moment = evidence.GENESIS, begun
    for each in segments:
        facts = {**each.model_dump(), "boot_id": boot_id}
        if each.prev != digest or each.start != moment:
            raise Wrong(f"segment {each.seq} does not follow on the one before it")
        if set(each.gpu_uuids) != set(gpu_uuids):
            raise Wrong(f"segment {each.seq} names other GPUs than those of the lease")
        if each.verified_since is None:
            raise Wrong(f"in segment {each.seq} a GPU did not answer; look for Xid in dmesg")
        signature = evidence.sign(facts, key)
        if not evidence.signed_by(facts, signature, key.public_key()):
            raise Wrong(f"the signature of segment {each.seq} does not hold")
        digest, moment = evidence.digest(facts), each.end
    if not segments[-1].final:
        raise Wrong("the last segment is missing")
    length, energy = (moment - begun) / MS / 1000, sum(each.energy_mj for each in segments)
    return f"{len(segments)} signed segments, {length:.3f} s without a gap, {energy / 1000:.0f} J"
