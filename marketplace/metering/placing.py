"""Which segments can be believed, and how much of their time counts: pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

#: agents' clocks are held within this of ours by the signature check
CLOCK_SLACK = timedelta(seconds=60)
#: monotonic and wall clock may disagree by this much, or by 1 % of the length if that is more
DRIFT_MS = 5_000
DRIFT_SHARE = 100
#: longest time without a look that two looks of the same boot, before and after, speak for
SHORT_GAP = timedelta(seconds=90)
MS = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Slice:
    """What a signed segment says, as far as it matters here."""

    boot_id: UUID
    seq: int
    start: datetime
    end: datetime
    mono_from_ms: int
    mono_ms: int
    verified_since: datetime | None


def doubt(
    *,
    start: datetime,
    end: datetime,
    mono_ms: int,
    gpu_uuids: Sequence[str],
    leased: Collection[str],
    window: tuple[datetime, datetime],
    received_at: datetime,
) -> str:
    """Say why a segment cannot be billed whatever came before it, or "" when it can.

    Rules of the quarantine: it claims GPUs that are not leased; it ends in our future; it ends
    before it starts; it lies outside the window; or its length by the monotonic clock contradicts
    its length by the wall clock.
    """
    if end < start:
        return "it ends before it starts"
    if end > received_at + CLOCK_SLACK:
        return "it ends in the future"
    if set(gpu_uuids) != set(leased):
        return "its GPUs are not the leased ones"
    if end < window[0] or start > window[1]:
        return "it lies outside the lease"
    wall_ms = (end - start) // MS
    if _apart(wall_ms, mono_ms):
        return f"its clocks disagree: {mono_ms} ms monotonic, {wall_ms} ms wall"
    return ""


def misfit(one: Slice, *, before: Slice | None, first_boot: UUID) -> str:
    """Say why a segment cannot be billed after the one before it, or "" when it can.

    Rules of the quarantine: a lease does not outlive the boot it began in; numbers rise within a
    boot; and between two segments no clock is stepped.
    """
    if one.boot_id != first_boot and one.end > one.start:
        return "it ran in another boot than the lease began in"
    if before is None or before.boot_id != one.boot_id:
        return ""
    if one.seq <= before.seq:
        return f"its number {one.seq} does not follow on {before.seq}"
    wall_ms = (one.start - before.end) // MS
    mono_ms = one.mono_from_ms - before.mono_from_ms - before.mono_ms
    if _apart(wall_ms, mono_ms):
        return f"a clock was stepped before it: {mono_ms} ms monotonic, {wall_ms} ms wall"
    return ""


def _apart(wall_ms: int, mono_ms: int) -> bool:
    return abs(wall_ms - mono_ms) > max(DRIFT_MS, wall_ms // DRIFT_SHARE)


def last_look(one: Slice, *, before: Slice | None, believed: bool) -> datetime | None:
    """When the GPUs were last found before this segment; None when nothing says so.

    What starts a workload has just looked. `believed` is whether the segment before was.
    """
    if before is None:
        return one.start
    same = believed and before.boot_id == one.boot_id and before.verified_since is not None
    return before.end if same else None


def counted(one: Slice, *, looked: datetime | None) -> tuple[datetime, datetime] | None:
    """The time in which the GPUs were verified, as [from, to); None when there is none.

    A second is verified when it lies between two looks that found every GPU, with nothing else
    found between them, and, while nobody looked, not further apart than SHORT_GAP.
    """
    if one.verified_since is None:
        return None
    begin = max(one.start, one.verified_since)
    if looked is not None and looked < begin <= looked + SHORT_GAP:
        begin = looked
    return (begin, one.end) if begin < one.end else None
