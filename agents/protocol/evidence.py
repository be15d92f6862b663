"""What a node signs of each slice of usage, so that it can be handed on and checked by anybody.

The text is canonical JSON (keys sorted, no spaces, ASCII; moments in UTC to the microsecond). Its
SHA-256 names the segment; the next segment of the same assignment carries it as `prev`.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

#: part of what is signed, so that a signature of something else never fits
KIND = "straits-usage-segment-1"
#: what the first segment of an assignment follows on
GENESIS = "0" * 64
FIELDS = (
    "assignment",
    "boot_id",
    "seq",
    "start",
    "end",
    "mono_from_ms",
    "mono_ms",
    "gpu_uuids",
    "verified_since",
    "energy_mj",
    "final",
    "prev",
)


def content(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The signed fields of a segment as JSON holds them; `facts` may hold more."""
    return {"kind": KIND, **{name: _plain(facts[name]) for name in FIELDS}}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        case None | bool() | int() | str():
            return value
        case list() | tuple():
            return list(value)
        case _:
            return str(value)


def text(facts: Mapping[str, Any]) -> bytes:
    """The very bytes that are signed and hashed."""
    return json.dumps(content(facts), sort_keys=True, separators=(",", ":")).encode()


def digest(facts: Mapping[str, Any]) -> str:
    """SHA-256 of the text, in hexadecimal."""
    return hashlib.sha256(text(facts)).hexdigest()


def sign(facts: Mapping[str, Any], key: Ed25519PrivateKey) -> str:
    """The signature over the text, in hexadecimal; the same each time."""
    return key.sign(text(facts)).hex()


def signed_by(facts: Mapping[str, Any], signature: str, key: Ed25519PublicKey) -> bool:
    """Whether this key signed exactly these facts."""
    try:
        key.verify(bytes.fromhex(signature), text(facts))
    except (InvalidSignature, ValueError):
        return False
    return True
