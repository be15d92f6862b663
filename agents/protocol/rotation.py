"""How a node's new key takes over from its old one: each signs that the other is its like."""

import json
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

#: part of what is signed, so that a signature of something else never fits
KIND = "straits-key-rotation-1"


def text(*, node: UUID, old: bytes, new: bytes) -> bytes:
    """The very bytes that both keys sign: canonical JSON of the node's id and both public keys."""
    facts = {"kind": KIND, "node": str(node), "old": old.hex(), "new": new.hex()}
    return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()


def sign(*, node: UUID, old: Ed25519PrivateKey, new: Ed25519PrivateKey) -> tuple[bytes, bytes]:
    """The old key's signature that vouches for the new one, and the new one's proof of itself."""
    agreed = text(
        node=node,
        old=old.public_key().public_bytes_raw(),
        new=new.public_key().public_bytes_raw(),
    )
    return old.sign(agreed), new.sign(agreed)


def agreed(*, node: UUID, old: bytes, new: bytes, vouch: bytes, proof: bytes) -> bool:
    """Whether both keys signed exactly this change."""
    said = text(node=node, old=old, new=new)
    return _signed(said, vouch, old) and _signed(said, proof, new)


def _signed(said: bytes, signature: bytes, key: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, said)
    except (InvalidSignature, ValueError):
        return False
    return True
