"""Signed reports of GPUs in confidential-computing mode, as they travel. Verified by the server."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from .messages import MAX_GPUS, GpuUuid, Message, Reply

#: of a report and of a certificate, in characters
MAX_REPORT, MAX_CERTIFICATE, MAX_CHAIN = 16_384, 8_192, 8

Hex = Annotated[str, StringConstraints(max_length=MAX_REPORT, pattern=r"^([0-9a-f]{2})*$")]
Pem = Annotated[str, StringConstraints(max_length=MAX_CERTIFICATE, pattern=r"^[ -~\n]*$")]


class DeviceReport(Message):
    """What one GPU signed, with its certificate first and the root's last."""

    uuid: GpuUuid
    report: Hex = Field(description="SPDM 1.1: GET_MEASUREMENTS and the MEASUREMENTS it gave")
    chain: Annotated[tuple[Pem, ...], Field(min_length=1, max_length=MAX_CHAIN)]


class Attestation(Message):
    """Without reports: give me a nonce. With them: all GPUs, each over that nonce."""

    reports: Annotated[tuple[DeviceReport, ...], Field(max_length=MAX_GPUS)] = ()


class AttestationReply(Reply):
    server_time: datetime
    nonce: str | None = Field(default=None, description="32 bytes in hexadecimal, for five minutes")
    attested: bool = False
