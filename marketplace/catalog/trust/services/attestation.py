"""Reports that GPUs signed themselves, for the few machines that can have them."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import redis
from cryptography import x509
from django.conf import settings
from django.db import IntegrityError, transaction

from agents.protocol.attestation import DeviceReport
from compliance import services as compliance
from compliance.redflags import machines
from marketplace.catalog.models import DeviceKey, Machine, TrustEvidence
from marketplace.catalog.trust import tiers
from marketplace.catalog.trust.attesting import NONCE_BYTES, BadAttestation, read_roots, verify

from .claiming import named
from .recording import record

NONCE_KEPT = timedelta(minutes=5)


class _Elsewhere(Exception):
    """A device key that was seen before, on another GPU."""


def attestation_nonce(*, machine: Machine) -> str:
    """A new nonce for the machine's next reports, in hexadecimal; the one before is forgotten."""
    nonce = secrets.token_bytes(NONCE_BYTES).hex()
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.set(_key(machine), nonce, ex=NONCE_KEPT)
    return nonce


def attest(*, machine: Machine, reports: Sequence[DeviceReport], at: datetime) -> TrustEvidence:
    """Verify the reports of all GPUs over the nonce that was given; a nonce is good once.

    What is wrong is evidence too. Raises BadAttestation, writing nothing, where no root is
    configured or no nonce was given.
    """
    roots = _roots(settings.ATTESTATION_ROOTS) if settings.ATTESTATION_ROOTS else []
    if not roots:
        raise BadAttestation("no root certificate is configured here: nothing can be attested")
    nonce = _taken(machine)
    try:
        keys = _verified(machine, reports, roots, nonce, at)
        _claim(machine, keys, at)
    except (BadAttestation, _Elsewhere) as error:
        return _recorded(machine, reports, at, passed=False, finding=str(error))
    return _recorded(machine, reports, at, passed=True, keys=keys)


def _verified(
    machine: Machine,
    reports: Sequence[DeviceReport],
    roots: list[x509.Certificate],
    nonce: bytes,
    at: datetime,
) -> dict[str, str]:
    """The fingerprint of the key of each GPU of the machine. Raises BadAttestation."""
    present = sorted(machine.gpus.filter(present=True).values_list("uuid", flat=True))
    if sorted(one.uuid for one in reports) != present:
        raise BadAttestation("the reports are not those of all GPUs of the machine, each once")
    found = {
        one.uuid: verify(
            bytes.fromhex(one.report), one.chain, roots=roots, nonce=nonce, at=at
        ).fingerprint
        for one in reports
    }
    if len(set(found.values())) < len(found):
        raise BadAttestation("one key signed for several GPUs")
    return found


def _claim(machine: Machine, keys: dict[str, str], at: datetime) -> None:
    """Bind each key to its GPU, wherever that is later. Raises _Elsewhere, writing nothing."""
    known = dict(
        DeviceKey.objects.filter(fingerprint__in=keys.values()).values_list(
            "fingerprint", "gpu_uuid"
        )
    )
    for uuid, fingerprint in sorted(keys.items()):
        if known.get(fingerprint, uuid) != uuid:
            _refer(machine, uuid, known[fingerprint], at)
            raise _Elsewhere(f"the key that signed for {uuid} is that of another GPU")
    new = {uuid: key for uuid, key in keys.items() if key not in known}
    try:
        with transaction.atomic():
            DeviceKey.objects.bulk_create(
                DeviceKey(fingerprint=key, gpu_uuid=uuid, machine=machine, first_seen_at=at)
                for uuid, key in sorted(new.items())
            )
    except IntegrityError as error:
        raise _Elsewhere("a key was claimed by another machine in this moment") from error


def _refer(machine: Machine, uuid: str, other: str, at: datetime) -> None:
    text = f"The key of {other} signed an attestation for {uuid}."
    finding = machines.contradicts_itself(named(machine), [text], codes=["device-key", uuid])
    compliance.refer(party=machine.site.operator.party, findings=[finding], at=at)


def _recorded(
    machine: Machine,
    reports: Sequence[DeviceReport],
    at: datetime,
    *,
    passed: bool,
    **detail: Any,
) -> TrustEvidence:
    return record(
        machine=machine,
        kind=tiers.ATTESTED,
        passed=passed,
        at=at,
        uuids=[one.uuid for one in reports],
        reports=[one.model_dump(mode="json") for one in reports] if passed else [],
        **detail,
    )


def _taken(machine: Machine) -> bytes:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        held = client.getdel(_key(machine))
    if not isinstance(held, bytes):
        raise BadAttestation("no nonce is waiting; ask for one, it is good for five minutes, once")
    return bytes.fromhex(held.decode())


def _key(machine: Machine) -> str:
    return f"straits:attestation:{machine.pk}"


@cache
def _roots(path: str) -> list[x509.Certificate]:
    """Kept; another file is read by the next process. Raises ValueError and OSError."""
    return read_roots(Path(path).read_bytes())
