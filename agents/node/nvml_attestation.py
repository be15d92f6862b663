"""Reports that GPUs sign themselves, by NVML. Beside `gpu`, which alone opens the library.

Only GPUs in confidential-computing mode have them. Read in NVIDIA's headers and never tried on one.
"""

import re
from collections.abc import Sequence
from typing import Any

import pynvml

from agents.protocol.attestation import DeviceReport

from .gpu import Gpus

CERTIFICATE = re.compile(
    rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\r?\n?", re.DOTALL
)


class NotOffered(Exception):
    """This machine cannot have its GPUs attested; the text says why."""


def evidence(gpus: Gpus, nonce: bytes) -> tuple[DeviceReport, ...]:
    """What every GPU signs over this nonce. Raises NotOffered."""
    if gpus.simulated:
        raise NotOffered("simulated GPUs sign nothing")
    _require_confidential()
    return tuple(gpus.each(lambda handle, index: _signed(handle, nonce)))


def _require_confidential() -> None:
    try:
        state = pynvml.nvmlSystemGetConfComputeState()
    except pynvml.NVMLError as error:
        raise NotOffered(f"the driver offers no attestation ({error})") from error
    if not state.ccFeature:
        raise NotOffered("the GPUs are not in confidential-computing mode")


def _signed(handle: Any, nonce: bytes) -> DeviceReport:
    report = pynvml.nvmlDeviceGetConfComputeGpuAttestationReport(handle, nonce)
    held = pynvml.nvmlDeviceGetConfComputeGpuCertificate(handle)
    return DeviceReport(
        uuid=pynvml.nvmlDeviceGetUUID(handle),
        report=bytes(report.attestationReport[: report.attestationReportSize]).hex(),
        chain=certificates(held.attestationCertChain[: held.attestationCertChainSize]),
    )


def certificates(held: Sequence[int]) -> tuple[str, ...]:
    """Certificates as NVML holds them, one after the other, the device's first."""
    return tuple(
        found.decode("ascii").replace("\r\n", "\n") for found in CERTIFICATE.findall(bytes(held))
    )
