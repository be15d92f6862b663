"""The only module that speaks NVML. A GPU that fails is left out; the others are reported."""

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pynvml

from agents.protocol.messages import GpuReport, InventoryReport

from .simulated.library import STATE_VARIABLE

log = logging.getLogger(__name__)

#: made by the kernel module of every real driver
PROC = Path("/proc/driver/nvidia")
#: a symbol that only our fake library has
FAKE_SYMBOL = "straits_fake_nvml"

MENDS = {
    pynvml.NVML_ERROR_LIBRARY_NOT_FOUND: (
        "libnvidia-ml.so.1 is missing: install the NVIDIA driver, or try the agent with "
        "--allow-simulated-gpus --simulate h100:2"
    ),
    pynvml.NVML_ERROR_DRIVER_NOT_LOADED: (
        "the NVIDIA kernel module is not loaded: run modprobe nvidia, or reboot after installing"
    ),
    pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH: (
        "the driver was upgraded under a running kernel module: reboot"
    ),
    pynvml.NVML_ERROR_NO_PERMISSION: "no permission to talk to the driver: run as root",
}


class NoGpus(Exception):
    """NVML cannot be used here; the text says what to do."""


class Gpus:
    """An open session with NVML. Raises NoGpus when it cannot be opened."""

    def __init__(self) -> None:
        try:
            pynvml.nvmlInit()
            self.driver_version = str(pynvml.nvmlSystemGetDriverVersion())
            self.cuda_version = _dotted(pynvml.nvmlSystemGetCudaDriverVersion_v2())
        except pynvml.NVMLError as error:
            raise NoGpus(MENDS.get(error.value, f"NVML does not start: {error}")) from error
        self.simulated = is_simulated(
            fake=hasattr(pynvml.nvmlLib, FAKE_SYMBOL), environment=os.environ, proc=PROC
        )
        self._lost: set[int] = set()

    def close(self) -> None:
        pynvml.nvmlShutdown()

    def inventory(self) -> InventoryReport:
        """Report every GPU that answers now."""
        return InventoryReport(
            simulated=self.simulated,
            driver_version=self.driver_version,
            cuda_version=self.cuda_version,
            gpus=tuple(found for _, found in self._each(_describe)),
        )

    def energy(self) -> dict[str, int]:
        """Energy counter in mJ by UUID; 0 for a GPU without one, nothing for one that is lost."""
        return dict(found for _, found in self._each(_energy))

    def count(self) -> int:
        """How many GPUs NVML names, answering or not."""
        return _count()

    def pids(self, gpu_uuids: Sequence[str]) -> frozenset[int]:
        """Who computes on these GPUs; a GPU that does not tell adds nobody."""
        return frozenset(
            pid for _, (uuid, pids) in self._each(_pids) if uuid in gpu_uuids for pid in pids
        )

    def _each(self, read: Callable[[Any, int], Any]) -> Iterator[tuple[int, Any]]:
        for index in range(_count()):
            try:
                found = read(pynvml.nvmlDeviceGetHandleByIndex(index), index)
            except (pynvml.NVMLError, ValueError) as error:
                if index not in self._lost:
                    log.warning("GPU %d does not answer and is left out: %s", index, error)
                self._lost.add(index)
                continue
            if index in self._lost:
                log.warning("GPU %d answers again", index)
                self._lost.remove(index)
            yield index, found


def is_simulated(*, fake: bool, environment: Mapping[str, str], proc: Path) -> bool:
    """Whether GPUs must be called simulated: by the facts, not by what somebody set."""
    return fake or STATE_VARIABLE in environment or not proc.exists()


def shadow() -> str:
    """The file of an old `pynvml` package that hides the one of nvidia-ml-py, or ""."""
    file = Path(str(pynvml.__file__))
    return str(file) if file.name == "__init__.py" else ""


def _count() -> int:
    try:
        return int(pynvml.nvmlDeviceGetCount())
    except pynvml.NVMLError as error:
        log.warning("NVML names no GPUs: %s", error)
        return 0


def _dotted(cuda: int) -> str:
    return f"{cuda // 1000}.{cuda % 1000 // 10}"


def _describe(handle: Any, index: int) -> GpuReport:
    return GpuReport(
        uuid=pynvml.nvmlDeviceGetUUID(handle),
        index=index,
        name=pynvml.nvmlDeviceGetName(handle),
        memory_bytes=pynvml.nvmlDeviceGetMemoryInfo(handle).total,
    )


def _energy(handle: Any, index: int) -> tuple[str, int]:
    uuid = str(pynvml.nvmlDeviceGetUUID(handle))
    try:
        return uuid, int(pynvml.nvmlDeviceGetTotalEnergyConsumption(handle))
    except pynvml.NVMLError_NotSupported:
        return uuid, 0


def _pids(handle: Any, index: int) -> tuple[str, list[int]]:
    uuid = str(pynvml.nvmlDeviceGetUUID(handle))
    try:
        running = pynvml.nvmlDeviceGetComputeRunningProcesses(handle)
    except (pynvml.NVMLError_NotSupported, pynvml.NVMLError_FunctionNotFound):
        return uuid, []
    return uuid, [int(each.pid) for each in running]
