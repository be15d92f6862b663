"""How GPUs are: readings and XID events up, what was stored down. Sent to /agent/v1/health.

A reading holds what NVML says and no judgement; what it means stands in rules of the marketplace.
"""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from .messages import MAX_GPUS, Count, GpuUuid, Message, Moment, Reply

MAX_EVENTS = 500
Percent = Annotated[int, Field(ge=0, le=100)]
Small = Annotated[int, Field(ge=0, lt=2**31)]


class Reading(Message):
    """One GPU, or one MIG slice, at a moment. None: the card does not tell."""

    uuid: GpuUuid
    lost: bool = Field(default=False, description="NVML says that the GPU is lost")
    silent: bool = Field(default=False, description="it did not answer, for another reason")
    gpu_percent: Percent | None = None
    memory_percent: Percent | None = None
    memory_used_bytes: Count | None = None
    temperature_c: Annotated[int, Field(ge=-100, le=300)] | None = None
    power_mw: Small | None = None
    power_limit_mw: Small | None = None
    sm_clock_mhz: Small | None = None
    clocks_event_reasons: Count | None = Field(default=None, description="bits of NVML")
    pcie_generation: Small | None = None
    pcie_generation_max: Small | None = None
    pcie_width: Small | None = None
    pcie_width_max: Small | None = None
    pcie_replays: Small | None = None
    ecc_corrected: Count | None = Field(default=None, description="since the driver was loaded")
    ecc_uncorrected: Count | None = None
    rows_pending: bool | None = Field(default=None, description="a remap waits for a reset")
    rows_failed: bool | None = Field(default=None, description="a remap failed")
    recovery_action: Small | None = Field(default=None, description="field 230 of NVML")


class Average(Message):
    """A stretch of time of one GPU: the mean of load and power, the most of the others."""

    uuid: GpuUuid
    samples: Annotated[int, Field(gt=0, lt=2**31)]
    gpu_percent: Percent | None = None
    memory_used_bytes: Count | None = None
    temperature_c: Annotated[int, Field(ge=-100, le=300)] | None = None
    power_mw: Small | None = None


class XidEvent(Message):
    """An error that the driver reported. `seq` counts within `boot_id` of the report."""

    boot_id: UUID
    seq: Count
    uuid: GpuUuid
    xid: Small
    at: Moment


class HealthReport(Message):
    """Sent every few minutes, and at once when something changed or an XID came."""

    kernel_boot: UUID = Field(description="the kernel's name of this boot: a reboot resets GPUs")
    read_at: Moment
    before: Moment | None = Field(
        default=None, description="the last look that found nothing that was not told before"
    )
    gpus: Annotated[tuple[Reading, ...], Field(max_length=MAX_GPUS)]
    events: Annotated[tuple[XidEvent, ...], Field(max_length=MAX_EVENTS)] = ()
    since: Moment | None = Field(default=None, description="where the averages begin")
    averages: Annotated[tuple[Average, ...], Field(max_length=MAX_GPUS)] = ()


class HealthReply(Reply):
    """The events need not be sent again."""

    stored: int
