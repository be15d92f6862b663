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
PublicKey = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{64}$"),
    Field(description="Ed25519, 32 bytes raw, in hexadecimal"),
]
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
    public_key: PublicKey
    agent_version: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Enrolled(Reply):
    node: UUID
    machine: UUID
    server_time: datetime
    next_heartbeat_s: float
    grant_key: PublicKey = Field(description="signs lease grants; the node pins it")


class Rotate(Message):
    """A node changes its key; signed by the old one. See `rotation` for what both keys sign."""

    old_key: PublicKey
    new_key: PublicKey
    vouch: Signature = Field(description="the old key's signature over the change")
    proof: Signature = Field(description="the new key's signature over the change")


class Rotated(Reply):
    server_time: datetime
    old_good_until: datetime


class GpuReport(Message):
    """One GPU as NVML describes it."""

    uuid: GpuUuid
    index: Annotated[int, Field(ge=0, lt=1024)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00]*$")]
    memory_bytes: Annotated[int, Field(gt=0, lt=2**63)]
    parent: Annotated[str, StringConstraints(max_length=80, pattern=r"^(GPU-[0-9A-Za-z-]+)?$")] = (
        Field(default="", description="UUID of the card, for a MIG slice")
    )


class InventoryReport(Message):
    """Everything a machine says of itself; sent when its digest changes or when it is asked for."""

    simulated: bool
    draining: bool = Field(default=False, description="its provider wants no new leases on it")
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
    gpu_uuids: Annotated[tuple[GpuUuid, ...], Field(max_length=MAX_GPUS)] | None = Field(
        default=None, description="what it has; None: an agent from before this was told"
    )
    end: Moment | None = Field(default=None, description="when the node will stop it")
    workspace_bytes: Count | None = Field(
        default=None, description="of the disk, what is set aside for it; None: not measured"
    )
    kept: bool = Field(
        default=False, description="it is over, and its workspace lies here as it left it"
    )


class GrantRefusal(Message):
    """What the marketplace seemed to want and the node did not take: see `grants`."""

    assignment: UUID
    generation: Annotated[int, Field(ge=0, lt=2**31)]
    reason: Literal["missing", "tampered", "foreign", "expired", "older"]


class Sample(Message):
    """One leased GPU as it was read for this beat; None: the card does not tell."""

    uuid: GpuUuid
    gpu_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    memory_used_bytes: Count | None = None
    power_mw: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    temperature_c: Annotated[int, Field(ge=-100, le=300)] | None = None


class Heartbeat(Message):
    boot_id: UUID
    seq: Count
    agent_version: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    inventory_digest: Digest
    inventory: InventoryReport | None = None
    assignments: Annotated[tuple[AssignmentReport, ...], Field(max_length=MAX_REPORTS)] = ()
    refused: Annotated[tuple[GrantRefusal, ...], Field(max_length=MAX_REPORTS)] = ()
    desired_version: Annotated[int, Field(ge=0, lt=2**63)] | None = Field(
        default=None, description="of the full set that the node has; without it that is sent"
    )
    telemetry: Annotated[tuple[Sample, ...], Field(max_length=MAX_GPUS)] = Field(
        default=(), description="of GPUs on which a lease runs: for its renter, kept for an hour"
    )


class Desired(Reply):
    """What the marketplace wants of one assignment. The highest generation wins.

    Fields that a node does not know are kept: `grant` signs them too.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

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
    evict_at: datetime | None = Field(
        default=None, description="its end, if it gives way to another: its workload is told"
    )
    keep_until: datetime | None = Field(
        default=None, description="once it is over its workspace is kept until then; None: wiped"
    )
    resume: UUID | None = Field(
        default=None, description="the assignment whose kept workspace it goes on with"
    )
    node: UUID | None = Field(default=None, description="to whom it is granted")
    not_after: datetime | None = Field(default=None, description="begun or extended until then")
    grant: str = Field(default="", description="Ed25519 by the marketplace, in hexadecimal")


class GrantKeyChange(Reply):
    """The marketplace's key for grants was changed; the old one signs that."""

    old: PublicKey
    new: PublicKey
    signature: Signature


class HeartbeatReply(Reply):
    server_time: datetime
    next_heartbeat_s: float
    want_inventory: bool = Field(description="the stored inventory has another digest")
    desired: tuple[Desired, ...] | None = Field(description="null: as before")
    desired_version: int = 0
    grant_key: str = Field(default="", description="the key that signs grants now")
    grant_key_changes: tuple[GrantKeyChange, ...] = ()
    recommended_version: str = Field(default="", description="of the agent; empty: none")


class Listen(Message):
    """Answer as soon as the node's full set has another version, at the latest after the wait."""

    desired_version: Annotated[int, Field(ge=0, lt=2**63)]
    wait_s: Annotated[float, Field(ge=0, le=30)] = 25


class Heard(Reply):
    """The version now; a node that has another one asks with a heartbeat."""

    server_time: datetime
    desired_version: int


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
