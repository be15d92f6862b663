"""Certificates and signed reports of our own making, as a GPU in confidential mode has them."""

import hashlib
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

from agents.protocol.attestation import DeviceReport
from tests.make import NOON

DAY = timedelta(days=1)
NONCE = bytes(range(32))


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Signer:
    """A key with its certificate; issued by itself unless an issuer is given."""

    def __init__(self, called, issuer=None, *, ca=True, length=None, curve=None, **facts):
        self.key = ec.generate_private_key(curve or ec.SECP384R1())
        self.issuer = issuer
        by = issuer or self
        self.name = name(called)
        made = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(by.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(facts.get("since", NOON - DAY))
            .not_valid_after(facts.get("until", NOON + DAY))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=length), critical=True)
        )
        if "extra" in facts:
            made = made.add_extension(facts["extra"], critical=True)
        self.certificate = made.sign(facts.get("by_key", by.key), hashes.SHA384())

    @property
    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def chain(self):
        return (self.pem, *(self.issuer.chain if self.issuer else ()))

    @property
    def fingerprint(self):
        public = self.key.public_key()
        der = public.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return hashlib.sha256(der).hexdigest()


def signed(device, *, nonce=NONCE, record=b"measured", opaque=b"opaque", head=b"\x11\xe0\x00\xff"):
    """A request and its response, under the device's signature."""
    request = head + nonce + b"\x00"
    response = (
        b"\x11\x60\x00\x00\x02"
        + len(record).to_bytes(3, "little")
        + record
        + bytes(32)
        + len(opaque).to_bytes(2, "little")
        + opaque
    )
    content = request + response
    r, s = decode_dss_signature(device.key.sign(content, ec.ECDSA(hashes.SHA384())))
    return content + r.to_bytes(48, "big") + s.to_bytes(48, "big")


def told(uuid, device, nonce):
    return DeviceReport(uuid=uuid, report=signed(device, nonce=nonce).hex(), chain=device.chain)
