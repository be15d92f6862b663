"""What the agent is doing: written by it after every beat, read by `straits-node status`."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from . import identity
from .files import write_whole
from .finding import Finding

FILE, DRAIN = "status.json", "drain"
#: one that has not answered for so many beats is worth a look
BEATS = 3


class Status(BaseModel):
    """What DIR/status.json holds. `said` is why the last beat failed, or ""."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    pid: int
    version: str
    started_at: datetime
    last_beat: datetime | None = None
    every_s: float = 0.0
    failures: int = 0
    said: str = ""
    gpus: int = 0
    unsent_segments: int = 0
    leases: dict[str, str] = {}
    #: workspaces of leases that are over
    kept: dict[str, str] = {}


def write(state: Path, status: Status) -> None:
    """A disk that is full costs the status, not the leases."""
    with suppress(OSError):
        write_whole(state / FILE, status.model_dump_json().encode())


def read(state: Path) -> Status | None:
    try:
        return Status.model_validate_json((state / FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def set_draining(state: Path, draining: bool) -> None:
    """Take no new leases from the next beat on, or take them again; survives restarts."""
    if draining:
        write_whole(state / DRAIN, b"")
    else:
        (state / DRAIN).unlink(missing_ok=True)


def is_draining(state: Path) -> bool:
    return (state / DRAIN).exists()


def tell(state: Path, *, at: datetime | None = None) -> Iterator[Finding]:
    """How the agent of this folder is, a finding a line. Raises identity.NotEnrolled."""
    who, at = identity.read(state), at or datetime.now(UTC)
    yield Finding("node", True, f"{who.node} at {who.server}")
    runs, now = _runs(state), read(state)
    if not runs or now is None:
        mend = "not running; start it: systemctl start straits-node"
        yield Finding("agent", runs, "starting" if runs else mend)
    else:
        yield Finding("agent", True, f"{now.version}, pid {now.pid}, since {_when(now.started_at)}")
        yield _beat(now, at)
    drains = "no new leases; undo with: straits-node drain --undo"
    yield Finding("draining", True, drains if is_draining(state) else "no")
    if now is not None:
        yield Finding("GPUs", now.gpus > 0, f"{now.gpus} answer")
        yield Finding("usage", True, f"{now.unsent_segments} segments wait to be sent")
        for assignment, doing in now.leases.items():
            yield Finding("lease", True, f"{assignment} {doing}")
        if not now.leases:
            yield Finding("lease", True, "none")
        for assignment, how in now.kept.items():
            yield Finding("kept workspace", True, f"{assignment} {how}")


def _beat(now: Status, at: datetime) -> Finding:
    if now.last_beat is None:
        return Finding("marketplace", False, now.said or "no answer yet")
    age = (at - now.last_beat).total_seconds()
    well = age <= max(BEATS * now.every_s, 5.0) and not now.said
    said = f"answered {age:.0f} s ago"
    return Finding("marketplace", well, f"{said}; {now.said}" if now.said else said)


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%SZ}"


def _runs(state: Path) -> bool:
    try:
        with identity.alone(state):
            return False
    except identity.Busy:
        return True
