"""What NVML says of a GPU beyond its inventory. Beside `gpu`, the only module that speaks NVML.

Old drivers and small cards do not tell everything: what is
not told is left empty, and says nothing.
"""

from collections.abc import Callable
from typing import Any

import pynvml

from agents.protocol.hardware import GpuIdentity

UNTOLD = (
    pynvml.NVMLError_NotSupported,
    pynvml.NVMLError_FunctionNotFound,
    pynvml.NVMLError_NoPermission,
)


def identify(handle: Any, index: int) -> GpuIdentity:
    """Describe one GPU; raises NVMLError for one that does not answer."""
    pci = _told(pynvml.nvmlDeviceGetPciInfo, handle)
    power = _told(pynvml.nvmlDeviceGetPowerManagementLimitConstraints, handle)
    return GpuIdentity(
        uuid=pynvml.nvmlDeviceGetUUID(handle),
        name=pynvml.nvmlDeviceGetName(handle),
        serial=_text(pynvml.nvmlDeviceGetSerial, handle),
        vbios=_text(pynvml.nvmlDeviceGetVbiosVersion, handle),
        board_part=_text(pynvml.nvmlDeviceGetBoardPartNumber, handle),
        pci_bus=_bus(pci) if pci else "",
        pci_device=_id(pci.pciDeviceId) if pci else "",
        pci_subsystem=_id(pci.pciSubSystemId) if pci else "",
        memory_bytes=pynvml.nvmlDeviceGetMemoryInfo(handle).total,
        compute_capability=_dotted(_told(pynvml.nvmlDeviceGetCudaComputeCapability, handle)),
        bus_width_bits=_told(pynvml.nvmlDeviceGetMemoryBusWidth, handle) or None,
        power_min_mw=power[0] if power else None,
        power_max_mw=power[1] if power else None,
    )


def _told(call: Callable[[Any], Any], handle: Any) -> Any:
    try:
        return call(handle)
    except UNTOLD:
        return None


def _text(call: Callable[[Any], Any], handle: Any) -> str:
    return str(_told(call, handle) or "")


def _id(number: int) -> str:
    """NVML has the device in the upper half and the vendor in the lower."""
    return f"{number & 0xFFFF:04x}:{number >> 16:04x}"


def _bus(pci: Any) -> str:
    """As the kernel writes it: a domain of four digits, where NVML has eight."""
    domain, _, place = str(pci.busId).lower().partition(":")
    return f"{int(domain, 16):04x}:{place}"


def _dotted(capability: Any) -> str:
    return f"{capability[0]}.{capability[1]}" if capability else ""
