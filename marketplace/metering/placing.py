"""Which segments can be believed: pure."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

#: agents' clocks are held within this of ours by the signature check
CLOCK_SLACK = timedelta(seconds=60)
#: monotonic and wall clock may disagree by this much, or by 1 % of the length if that is more
DRIFT_MS = 5_000
DRIFT_SHARE = 100


def doubt(
    *,
    start: datetime,
    end: datetime,
    mono_ms: int,
    gpu_uuids: Sequence[str],
    leased: Collection[str],
    received_at: datetime,
) -> str:
    """Say why a segment cannot be billed, or "" when it can.

    Rules of the quarantine: it claims GPUs that are not leased; it ends in our future; it ends
    before it starts; or its length by the monotonic clock contradicts its length by the wall clock.
    """
    if end < start:
        return "it ends before it starts"
    if end > received_at + CLOCK_SLACK:
        return "it ends in the future"
    if set(gpu_uuids) != set(leased):
        return "its GPUs are not the leased ones"
    wall_ms = (end - start) // timedelta(milliseconds=1)
    if abs(wall_ms - mono_ms) > max(DRIFT_MS, wall_ms // DRIFT_SHARE):
        return f"its clocks disagree: {mono_ms} ms monotonic, {wall_ms} ms wall"
    return ""
