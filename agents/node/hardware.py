"""A machine's account of its hardware: by the library, by the kernel, and of the library's file."""

from agents.protocol.hardware import HardwareReport

from . import kernel, libraries
from .gpu import Gpus
from .nvml_identity import identify


def report(gpus: Gpus, places: kernel.Places = kernel.Places()) -> HardwareReport:  # noqa: B008
    """Everything that a tier of trust is judged by, as it is now."""
    return HardwareReport(
        simulated=gpus.simulated,
        driver_version=gpus.driver_version,
        preload=libraries.preload(),
        gpus=tuple(gpus.each(identify)),
        kernel=kernel.look(places),
        libraries=libraries.digests(),
    )
