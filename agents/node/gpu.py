"""The GPUs of this machine; with gpu_reading and gpu_events the only modules that speak NVML.

A GPU that fails is left out; the others are reported. A card that is cut in MIG slices is not
reported itself: each slice is a unit of its own, under its own UUID.
"""

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import pynvml

from agents.protocol.health import Reading
from agents.protocol.messages import GpuReport, InventoryReport

from . import gpu_reading
from .simulated.library import PROC, STATE_VARIABLE

log = logging.getLogger(__name__)

Known = TypeVar("Known")

#: a symbol that only our fake library has
FAKE_SYMBOL = "straits_fake_nvml"
#: slices are numbered after all cards that a machine can have
FIRST_SLICE, MOST_SLICES = 100, 8

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
        #: which do not answer, and with which error of NVML
        self._failing: dict[int, int | None] = {}
        #: units of each card when it last answered: what is lost can no longer be asked
        self._units: dict[int, tuple[str, ...]] = {}
        #: what the provider wishes, reported with the inventory
        self.draining = False

    def close(self) -> None:
        pynvml.nvmlShutdown()

    def inventory(self) -> InventoryReport:
        """Report every GPU that answers now."""
        found = list(self._each(_describe))
        self._units |= {index: tuple(each.uuid for each in units) for index, units in found}
        return InventoryReport(
            simulated=self.simulated,
            draining=self.draining,
            driver_version=self.driver_version,
            cuda_version=self.cuda_version,
            gpus=tuple(each for _, units in found for each in units),
        )

    def readings(self) -> tuple[Reading, ...]:
        """How every GPU is that answers, or ever did since this session began."""
        found = dict(self._each(_read))
        for index in self._units.keys() - found.keys():
            lost = self._failing.get(index) == pynvml.NVML_ERROR_GPU_IS_LOST
            found[index] = [gpu_reading.without(uuid, lost=lost) for uuid in self._units[index]]
        return tuple(each for index in sorted(found) for each in found[index])

    def energy(self) -> dict[str, int]:
        """Energy counter in mJ by UUID; 0 for a GPU without one, nothing for one that is lost."""
        return dict(one for _, found in self._each(_energy) for one in found)

    def count(self) -> int:
        """How many units the machine has, as NVML names them, answering or not."""
        whole = max(_count(), len(self._units))
        return sum(len(self._units.get(index, ("",))) for index in range(whole))

    def pids(self, gpu_uuids: Sequence[str]) -> frozenset[int]:
        """Who computes on these GPUs; a GPU that does not tell adds nobody."""
        return frozenset(
            pid
            for _, found in self._each(_pids)
            for uuid, pids in found
            if uuid in gpu_uuids
            for pid in pids
        )

    def each(self, read: Callable[[Any, int], Known]) -> list[Known]:
        """What `read` finds, by handle and index, of every GPU that answers."""
        return [found for _, found in self._each(read)]

    def _each(self, read: Callable[[Any, int], Any]) -> Iterator[tuple[int, Any]]:
        for index in range(_count()):
            try:
                found = read(pynvml.nvmlDeviceGetHandleByIndex(index), index)
            except (pynvml.NVMLError, ValueError) as error:
                if index not in self._failing:
                    log.warning("GPU %d does not answer and is left out: %s", index, error)
                self._failing[index] = getattr(error, "value", None)
                continue
            if self._failing.pop(index, None) is not None:
                log.warning("GPU %d answers again", index)
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


def _slices(card: Any) -> list[tuple[int, Any]]:
    """The MIG slices of a card that is cut, with their places on it."""
    found = []
    for place in range(int(pynvml.nvmlDeviceGetMaxMigDeviceCount(card))):
        with suppress(pynvml.NVMLError_NotFound):
            found.append((place, pynvml.nvmlDeviceGetMigDeviceHandleByIndex(card, place)))
    return found


def _is_cut(card: Any) -> bool:
    try:
        return bool(pynvml.nvmlDeviceGetMigMode(card)[0])
    except (pynvml.NVMLError_NotSupported, pynvml.NVMLError_FunctionNotFound):
        return False


def _units(card: Any) -> list[Any]:
    """What of a card is rented out: itself, or its slices (a card that is cut may have none)."""
    return [handle for _, handle in _slices(card)] if _is_cut(card) else [card]


def _uuid(handle: Any) -> str:
    return str(pynvml.nvmlDeviceGetUUID(handle))


def _describe(card: Any, index: int) -> list[GpuReport]:
    if not _is_cut(card):
        return [_report(card, index)]
    parent = _uuid(card)
    return [
        _report(handle, FIRST_SLICE + index * MOST_SLICES + place, parent)
        for place, handle in _slices(card)
    ]


def _report(handle: Any, index: int, parent: str = "") -> GpuReport:
    return GpuReport(
        uuid=_uuid(handle),
        index=index,
        name=pynvml.nvmlDeviceGetName(handle),
        memory_bytes=pynvml.nvmlDeviceGetMemoryInfo(handle).total,
        parent=parent,
    )


def _read(card: Any, index: int) -> list[Reading]:
    reading = gpu_reading.read(card, _uuid(card))
    if not _is_cut(card):
        return [reading]
    return [gpu_reading.of_slice(each, _uuid(each), reading) for each in _units(card)]


def _energy(card: Any, index: int) -> list[tuple[str, int]]:
    """A slice has no counter of its own."""
    if _is_cut(card):
        # the card must answer all the same
        pynvml.nvmlDeviceGetMemoryInfo(card)
        return [(_uuid(each), 0) for each in _units(card)]
    try:
        return [(_uuid(card), int(pynvml.nvmlDeviceGetTotalEnergyConsumption(card)))]
    except pynvml.NVMLError_NotSupported:
        return [(_uuid(card), 0)]


def _pids(card: Any, index: int) -> list[tuple[str, list[int]]]:
    return [(_uuid(each), _users(each)) for each in _units(card)]


def _users(handle: Any) -> list[int]:
    try:
        running = pynvml.nvmlDeviceGetComputeRunningProcesses(handle)
    except (pynvml.NVMLError_NotSupported, pynvml.NVMLError_FunctionNotFound):
        return []
    return [int(each.pid) for each in running]
