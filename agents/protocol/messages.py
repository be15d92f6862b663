"""The messages of /agent/v1. Times are UTC with a zone, lengths are milliseconds.

The marketplace refuses unknown fields, so that a typo or a newer agent is noticed, not ignored. A
node passes them over, so that a newer marketplace does not silence older agents.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from .evidence import GENESIS

#: of the wire, not of the program; the path carries the major version
VERSION = 1
MAX_GPUS = 64
MAX_REPORTS = 256
MAX_SEGMENTS = 500
MAX_ENDPOINTS = 8

# no zero byte reaches the database: PostgreSQL's text cannot hold one
Text = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
LongText = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]
GpuUuid = Annotated[str, StringConstraints(max_length=80, pattern=r"^(GPU|MIG)-[0-9A-Za-z/-]+$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Signature = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{128}$")]
#: what PostgreSQL's bigint holds
Count = Annotated[int, Field(ge=0, lt=2**63)]
#: what a clock may show; beyond year 9999 in UTC a database could store what nobody can read again
Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC)),
]
State = Literal["starting", "running", "stopped", "failed"]


class Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reply(Message):
    """What a node reads."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Enrol(Message):
    """A machine joins with a one-time token; signed with the very key that it brings."""

    token: Text
    public_key: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="Ed25519, 32 bytes raw, in hexadecimal"
    )
    agent_version: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Enrolled(Reply):
    node: UUID
    machine: UUID
    server_time: datetime
    next_heartbeat_s: float


class GpuReport(Message):
    """One GPU as NVML describes it."""

    uuid: GpuUuid
    index: Annotated[int, Field(ge=0, lt=1024)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00]*$")]
    memory_bytes: Annotated[int, Field(gt=0, lt=2**63)]


class InventoryReport(Message):
    """Everything a machine says of itself; sent when its digest changes or when it is asked for."""

    simulated: bool
    driver_version: Annotated[str, StringConstraints(max_length=40)]
    cuda_version: Annotated[str, StringConstraints(max_length=20)]
    gpus: Annotated[tuple[GpuReport, ...], Field(max_length=MAX_GPUS)]


def inventory_digest(report: InventoryReport) -> str:
    """SHA-256 of a report in canonical JSON, in hexadecimal; both sides compute it alike."""
    text = json.dumps(report.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Endpoint(Message):
    """Where a running workload is reached: "ssh" by a client, "http" by a browser at `path`."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,19}$")]
    scheme: Literal["ssh", "http"]
    host: Annotated[str, StringConstraints(max_length=253, pattern=r"^[0-9A-Za-z.:-]+$")]
    port: Annotated[int, Field(gt=0, lt=65_536)]
    path: Annotated[str, StringConstraints(max_length=200, pattern=r"^(/[!-~]*)?$")] = Field(
        default="", description="may hold a token: for the renter alone"
    )


class AssignmentReport(Message):
    """What the node sees of one assignment; times by its clock, corrected by the known offset.

    `started_at` is when its GPUs were found attached: nothing before it is metered.
    """

    assignment: UUID
    generation: Annotated[int, Field(ge=0, lt=2**31)]
    state: State
    started_at: Moment | None = None
    stopped_at: Moment | None = None
    exit_code: Annotated[int, Field(ge=-(2**31), lt=2**31)] | None = None
    detail: LongText = ""
    progress: Text = Field(default="", description="the step it is at, such as a pull")
    endpoints: Annotated[tuple[Endpoint, ...], Field(max_length=MAX_ENDPOINTS)] = ()


class Heartbeat(Message):
    boot_id: UUID
    seq: Count
    agent_version: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    inventory_digest: Digest
    inventory: InventoryReport | None = None
    assignments: Annotated[tuple[AssignmentReport, ...], Field(max_length=MAX_REPORTS)] = ()


class Desired(Reply):
    """What the marketplace wants of one assignment. The highest generation wins."""

    assignment: UUID
    generation: int
    run: bool = Field(description="run within the window; false: stop and report")
    start: datetime
    end: datetime
    gpu_uuids: tuple[str, ...]
    command: tuple[str, ...] = Field(description="empty: the template's own")
    environment: dict[str, str]
    template: str = Field(default="", description="a name that the node knows")
    image: str = Field(default="", description="a reference; empty: the template's own")
    ssh_keys: tuple[str, ...] = ()


class HeartbeatReply(Reply):
    server_time: datetime
    next_heartbeat_s: float
    want_inventory: bool = Field(description="the stored inventory has another digest")
    desired: tuple[Desired, ...]


class SegmentReport(Message):
    """A slice of time in which an assignment ran on these GPUs, as evidence: see `evidence`."""

    assignment: UUID
    seq: Count
    start: Moment
    end: Moment
    mono_from_ms: Count = Field(default=0, description="the monotonic clock of this boot at start")
    mono_ms: Count = Field(description="length by the monotonic clock")
    gpu_uuids: Annotated[tuple[GpuUuid, ...], Field(min_length=1, max_length=MAX_GPUS)]
    verified_since: Moment | None = Field(
        default=None, description="the GPUs were seen to be exactly these from then to `end`"
    )
    energy_mj: Count = 0
    final: bool = Field(default=False, description="the assignment's last segment")
    prev: Digest = Field(default=GENESIS, description="digest of the assignment's segment before")
    signature: Signature = Field(default="", description="Ed25519 by the node, in hexadecimal")


class UsageBatch(Message):
    """Segments of one boot, in any order, at least once."""

    boot_id: UUID
    segments: Annotated[tuple[SegmentReport, ...], Field(min_length=1, max_length=MAX_SEGMENTS)]


class UsageReply(Reply):
    """`stored` may be forgotten by the node; `unknown` names none of its assignments."""

    stored: tuple[int, ...]
    unknown: tuple[int, ...]


class Problem(Reply):
    """An error (RFC 9457) as the gateway words it; `server_time` lets a node mend its clock."""

    type: str
    title: str
    status: int
    detail: str
    server_time: datetime | None = None
