"""Have the GPUs sign a nonce of the marketplace's, where they can; else say why they do not."""

import logging
from collections.abc import Callable

from agents.protocol.attestation import Attestation, AttestationReply, DeviceReport

from .client import Client, Refused
from .nvml_attestation import NotOffered

log = logging.getLogger(__name__)

ATTESTATION = "/agent/v1/attestation"

#: what all GPUs sign over these 32 bytes; raises NotOffered
Evidence = Callable[[bytes], tuple[DeviceReport, ...]]


def not_offered(nonce: bytes) -> tuple[DeviceReport, ...]:
    raise NotOffered("no evidence can be had here")


def be_attested(client: Client, evidence: Evidence) -> str:
    """Ask for a nonce and bring what was signed over it; returns what came of it.

    A machine that can offer none asks for no nonce, and most machines cannot. Raises Unreachable.
    """
    try:
        evidence(bytes(32))  # of no use to anybody: only whether there is any
        nonce = client.post(ATTESTATION, Attestation(), AttestationReply).nonce
        reports = evidence(bytes.fromhex(nonce or ""))
        reply = client.post(ATTESTATION, Attestation(reports=reports), AttestationReply)
    except NotOffered as error:
        return f"attestation is not offered: {error}"
    except Refused as refused:
        return f"the marketplace takes no attestation: {refused}"
    return "the GPUs are attested" if reply.attested else "what the GPUs signed was not accepted"
