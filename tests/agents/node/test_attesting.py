"""What a node offers of signed reports: nothing from simulated GPUs, nor without the mode."""

from types import SimpleNamespace

import pynvml
import pytest

from agents.node import nvml_attestation
from agents.node.nvml_attestation import NotOffered, certificates, evidence

PEM = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n"
REAL = SimpleNamespace(simulated=False, each=lambda read: [read("a handle", 0)])


def test_simulated_gpus_sign_nothing(gpus):
    with pytest.raises(NotOffered, match="simulated GPUs sign nothing"):
        evidence(gpus, bytes(32))


def test_a_driver_without_attestation_offers_none(gpus):
    """The fake library, as an old driver, lacks the call."""
    real = SimpleNamespace(simulated=False, each=gpus.each)
    with pytest.raises(NotOffered, match="the driver offers no attestation"):
        evidence(real, bytes(32))


@pytest.mark.parametrize("feature", [0, 1])
def test_only_in_confidential_mode(monkeypatch, feature):
    """With stand-ins for the library, which never ran on such a GPU."""
    chain = (PEM + PEM).replace("\n", "\r\n").encode()
    calls = {
        "nvmlSystemGetConfComputeState": lambda: SimpleNamespace(ccFeature=feature),
        "nvmlDeviceGetUUID": lambda handle: "GPU-a",
        "nvmlDeviceGetConfComputeGpuAttestationReport": lambda handle, nonce: SimpleNamespace(
            attestationReport=[*nonce, 0, 0], attestationReportSize=len(nonce)
        ),
        "nvmlDeviceGetConfComputeGpuCertificate": lambda handle: SimpleNamespace(
            attestationCertChain=[*chain, 0, 0], attestationCertChainSize=len(chain)
        ),
    }
    for name, call in calls.items():
        monkeypatch.setattr(pynvml, name, call)
    nonce = bytes(range(32))
    if not feature:
        with pytest.raises(NotOffered, match="not in confidential-computing mode"):
            evidence(REAL, nonce)
        return
    [report] = evidence(REAL, nonce)
    assert (report.uuid, report.report, report.chain) == ("GPU-a", nonce.hex(), (PEM, PEM))


def test_what_is_no_certificate_is_left_out():
    assert certificates(b"\x00\x00") == ()
    assert nvml_attestation.certificates(f"junk{PEM}junk".encode()) == (PEM,)
