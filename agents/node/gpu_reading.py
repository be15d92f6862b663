"""How one GPU is, by NVML: whatever a card or an older driver does not tell is None."""

from collections.abc import Callable
from typing import Any

import pynvml

from agents.protocol.health import Reading

#: what a call says of itself, not of the GPU: the others still count
DOES_NOT_TELL = (
    pynvml.NVMLError_NotSupported,
    pynvml.NVMLError_FunctionNotFound,
    pynvml.NVMLError_InvalidArgument,
    pynvml.NVMLError_NoPermission,
    pynvml.NVMLError_Unknown,
)


def read(handle: Any, uuid: str) -> Reading:
    """Read everything. Raises NVMLError when the GPU itself does not answer, such as GpuIsLost."""
    rates = _told(pynvml.nvmlDeviceGetUtilizationRates, handle)
    memory = _told(pynvml.nvmlDeviceGetMemoryInfo, handle)
    rows = _told(pynvml.nvmlDeviceGetRemappedRows, handle)
    corrected, uncorrected = (
        _told(pynvml.nvmlDeviceGetTotalEccErrors, handle, kind, pynvml.NVML_VOLATILE_ECC)
        for kind in (
            pynvml.NVML_MEMORY_ERROR_TYPE_CORRECTED,
            pynvml.NVML_MEMORY_ERROR_TYPE_UNCORRECTED,
        )
    )
    return Reading(
        uuid=uuid,
        gpu_percent=rates and int(rates.gpu),
        memory_percent=rates and int(rates.memory),
        memory_used_bytes=memory and int(memory.used),
        temperature_c=_told(pynvml.nvmlDeviceGetTemperature, handle, pynvml.NVML_TEMPERATURE_GPU),
        power_mw=_told(pynvml.nvmlDeviceGetPowerUsage, handle),
        power_limit_mw=_told(pynvml.nvmlDeviceGetEnforcedPowerLimit, handle),
        sm_clock_mhz=_told(pynvml.nvmlDeviceGetClockInfo, handle, pynvml.NVML_CLOCK_SM),
        clocks_event_reasons=_told(pynvml.nvmlDeviceGetCurrentClocksEventReasons, handle),
        pcie_generation=_told(pynvml.nvmlDeviceGetCurrPcieLinkGeneration, handle),
        pcie_generation_max=_told(pynvml.nvmlDeviceGetMaxPcieLinkGeneration, handle),
        pcie_width=_told(pynvml.nvmlDeviceGetCurrPcieLinkWidth, handle),
        pcie_width_max=_told(pynvml.nvmlDeviceGetMaxPcieLinkWidth, handle),
        pcie_replays=_told(pynvml.nvmlDeviceGetPcieReplayCounter, handle),
        ecc_corrected=corrected,
        ecc_uncorrected=uncorrected,
        rows_pending=rows and bool(rows[2]),
        rows_failed=rows and bool(rows[3]),
        recovery_action=_recovery_action(handle),
    )


def without(uuid: str, *, lost: bool) -> Reading:
    """Of one that does not answer: it is lost by NVML's word, or fails in another way."""
    return Reading(uuid=uuid, lost=lost, silent=not lost)


def of_slice(handle: Any, uuid: str, card: Reading) -> Reading:
    """A MIG slice: its own memory, and what is known of the card that it is cut from."""
    memory = _told(pynvml.nvmlDeviceGetMemoryInfo, handle)
    own = {
        "uuid": uuid,
        "gpu_percent": None,
        "memory_percent": None,
        "memory_used_bytes": memory and int(memory.used),
        "power_mw": None,
        "power_limit_mw": None,
    }
    return card.model_copy(update=own)


def _told(call: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return call(*arguments)
    except DOES_NOT_TELL:
        return None


def _recovery_action(handle: Any) -> int | None:
    wanted = pynvml.NVML_FI_DEV_GET_GPU_RECOVERY_ACTION
    values = _told(pynvml.nvmlDeviceGetFieldValues, handle, [wanted])
    # the call may do while its only item does not
    if values is None or values[0].nvmlReturn != pynvml.NVML_SUCCESS:
        return None
    return int(values[0].value.uiVal)
