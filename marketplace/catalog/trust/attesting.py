"""Is a report signed by a key that leads to a root we trust, over our nonce, just now? Pure.

What is looked at is the signature, its chain and the nonce, nothing more: neither whether the
measurements are those of good firmware, nor whether a certificate was revoked.

The report is SPDM 1.1 (DMTF DSP0274): the request GET_MEASUREMENTS, 37 bytes, and the response
MEASUREMENTS, which ends with an ECDSA P-384 signature over both by SHA-384.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import ExtensionOID

VERSION, GET_MEASUREMENTS, MEASUREMENTS = 0x11, 0xE0, 0x60
NONCE_BYTES: Final = 32
REQUEST_BYTES, NONCE_AT = 37, 4
NUMBER_BYTES: Final = 48
SIGNATURE_BYTES: Final = 2 * NUMBER_BYTES
#: of the response: up to the record, and after it the nonce and the length of what follows
HEAD_BYTES, TAIL_BYTES = 8, NONCE_BYTES + 2
UNDERSTOOD: Final = frozenset({ExtensionOID.BASIC_CONSTRAINTS, ExtensionOID.KEY_USAGE})

Kind = TypeVar("Kind", bound=x509.ExtensionType)


class BadAttestation(Exception):
    """The report proves nothing; says why."""


@dataclass(frozen=True, slots=True)
class Attested:
    """`fingerprint` is the SHA-256 of the key that signed, in hexadecimal."""

    fingerprint: str
    measurements: int


def read_roots(pem: bytes) -> list[x509.Certificate]:
    """The certificates of a file. Raises ValueError."""
    return x509.load_pem_x509_certificates(pem)


def verify(
    report: bytes,
    chain: Sequence[str],
    *,
    roots: Iterable[x509.Certificate],
    nonce: bytes,
    at: datetime,
) -> Attested:
    """Check the report's signature, its certificates up to a root, and the nonce.

    Raises BadAttestation.
    """
    certificates = [_certificate(pem) for pem in chain]
    _check_chain(certificates, list(roots), at)
    key = certificates[0].public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP384R1):
        raise BadAttestation("the device's key is not one of ECDSA P-384")
    measurements = _check_report(report, nonce)
    _check_signature(report, key)
    spki = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return Attested(hashlib.sha256(spki).hexdigest(), measurements)


def _certificate(pem: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise BadAttestation(f"a certificate cannot be read: {error}") from error


def _check_chain(
    chain: Sequence[x509.Certificate], roots: list[x509.Certificate], at: datetime
) -> None:
    """Device first, root last; the root must be ours, bit by bit."""
    if chain[-1] not in roots:
        raise BadAttestation("the chain does not end at a root certificate that is trusted here")
    for one in chain:
        if not one.not_valid_before_utc <= at <= one.not_valid_after_utc:
            raise BadAttestation(f"{one.subject.rfc4514_string()} is not valid now")
        _check_extensions(one)
    for below, (issued, issuer) in enumerate(pairwise(chain)):
        _check_issued(issued, issuer, below)


def _check_extensions(one: x509.Certificate) -> None:
    strange = [each.oid for each in one.extensions if each.critical and each.oid not in UNDERSTOOD]
    if strange:
        raise BadAttestation(f"{one.subject.rfc4514_string()} demands {strange[0].dotted_string}")


def _check_issued(issued: x509.Certificate, issuer: x509.Certificate, below: int) -> None:
    """`below` counts the certificates between the issuer and the device's."""
    who = issuer.subject.rfc4514_string()
    try:
        issued.verify_directly_issued_by(issuer)
    except (InvalidSignature, TypeError, ValueError) as error:
        raise BadAttestation(
            f"{issued.subject.rfc4514_string()} was not issued by {who}"
        ) from error
    basic = _extension(issuer, x509.BasicConstraints)
    if basic is None or not basic.ca:
        raise BadAttestation(f"{who} may not issue certificates")
    if basic.path_length is not None and below > basic.path_length:
        raise BadAttestation(f"the chain below {who} is longer than it allows")
    usage = _extension(issuer, x509.KeyUsage)
    if usage is not None and not usage.key_cert_sign:
        raise BadAttestation(f"the key of {who} may not sign certificates")


def _extension(one: x509.Certificate, kind: type[Kind]) -> Kind | None:
    try:
        return one.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _check_report(report: bytes, nonce: bytes) -> int:
    """Its form and its nonce; returns how many measurements it holds."""
    least = REQUEST_BYTES + HEAD_BYTES + TAIL_BYTES + SIGNATURE_BYTES
    if len(report) < least:
        raise BadAttestation(f"the report has {len(report)} bytes, {least} are the least")
    response = report[REQUEST_BYTES:]
    codes = (report[0], report[1], response[0], response[1])
    if codes != (VERSION, GET_MEASUREMENTS, VERSION, MEASUREMENTS):
        raise BadAttestation("the report is not GET_MEASUREMENTS and MEASUREMENTS of SPDM 1.1")
    if report[NONCE_AT : NONCE_AT + NONCE_BYTES] != nonce:
        raise BadAttestation("the report is not over the nonce that was given")
    record = int.from_bytes(response[5:8], "little")
    tail = HEAD_BYTES + record + NONCE_BYTES
    opaque = int.from_bytes(response[tail : tail + 2], "little")
    if len(response) != tail + 2 + opaque + SIGNATURE_BYTES:
        raise BadAttestation("the lengths that the report states are not its own")
    return response[4]


def _check_signature(report: bytes, key: ec.EllipticCurvePublicKey) -> None:
    signed, raw = report[:-SIGNATURE_BYTES], report[-SIGNATURE_BYTES:]
    r, s = (int.from_bytes(half, "big") for half in (raw[:NUMBER_BYTES], raw[NUMBER_BYTES:]))
    try:
        key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA384()))
    except InvalidSignature as error:
        raise BadAttestation("the report is not signed by the device's key") from error
