"""What a machine says of its hardware beyond its inventory: for a server that compares and doubts.

The same GPU is described twice, by the NVIDIA library and by the kernel. Both come from a machine
that its provider owns, so agreement is evidence, not proof.
"""

import hashlib
import json
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from .messages import MAX_GPUS, Count, Digest, GpuUuid, Message, Reply, Text

Short = Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00]*$")]
#: vendor and device as the kernel writes them, such as 10de:2330; empty: not known
PciId = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{4}:[0-9a-f]{4})?$")]
PciBus = Annotated[str, StringConstraints(max_length=20, pattern=r"^[0-9a-f:.]*$")]
MAX_LIBRARIES = 8
MAX_MOUNTS = 16


class GpuIdentity(Message):
    """One GPU as NVML describes it; None and empty are what the driver does not tell."""

    uuid: GpuUuid
    name: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00]*$")]
    serial: Short = ""
    vbios: Short = ""
    board_part: Short = ""
    pci_bus: PciBus = ""
    pci_device: PciId = ""
    pci_subsystem: PciId = ""
    memory_bytes: Count
    compute_capability: Annotated[str, StringConstraints(pattern=r"^(\d{1,3}\.\d{1,3})?$")] = ""
    bus_width_bits: Annotated[int, Field(gt=0, lt=1_000_000)] | None = None
    power_min_mw: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    power_max_mw: Annotated[int, Field(ge=0, lt=2**31)] | None = None


class KernelGpu(Message):
    """The same GPU as the kernel describes it in /proc/driver/nvidia and in sysfs."""

    uuid: Short
    name: Short
    pci_bus: PciBus = ""
    pci_device: PciId = ""
    pci_subsystem: PciId = ""


class KernelView(Message):
    """`filesystem` is of what stands at /proc/driver/nvidia: "proc" for a real one, "" for none."""

    filesystem: Short = ""
    mounted_over: Annotated[tuple[Text, ...], Field(max_length=MAX_MOUNTS)] = ()
    driver_version: Short = ""
    gpus: Annotated[tuple[KernelGpu, ...], Field(max_length=MAX_GPUS)] = ()


class Library(Message):
    """A library of the driver as it is loaded into the agent."""

    name: Literal["libnvidia-ml.so.1", "libcuda.so.1"]
    sha256: Digest


class HardwareReport(Message):
    """Everything that a tier of trust is judged by; a MIG slice is reported by its own UUID."""

    simulated: bool
    driver_version: Annotated[str, StringConstraints(max_length=40)]
    preload: Text = Field(default="", description="LD_PRELOAD of the agent, and /etc/ld.so.preload")
    gpus: Annotated[tuple[GpuIdentity, ...], Field(max_length=MAX_GPUS)]
    kernel: KernelView
    libraries: Annotated[tuple[Library, ...], Field(max_length=MAX_LIBRARIES)] = ()


class HardwareReply(Reply):
    server_time: datetime
    next_report_s: float
    tier: str
    missing: tuple[str, ...] = Field(default=(), description="for the next tier, to be read")
    probes: tuple[str, ...] = Field(default=(), description="where to be measured, by URL")


def report_digest(report: HardwareReport) -> str:
    """SHA-256 of a report in canonical JSON, in hexadecimal."""
    text = json.dumps(report.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
