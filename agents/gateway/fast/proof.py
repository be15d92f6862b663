"""Who signed a request, as far as a record in Redis can say. Nothing here refuses."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from agents.protocol import plain

Scope = Mapping[str, object]


@dataclass(frozen=True)
class Request:
    """A request as the server in front hands it over, before Django sees it."""

    path: str
    headers: dict[str, str]
    body: bytes
    address: str


@dataclass(frozen=True)
class Proof:
    node: UUID
    key: str
    nonce: str


def node_of(headers: Mapping[str, str]) -> UUID | None:
    """The node that a request claims to come from."""
    claimed = plain.key_id(headers)
    try:
        return UUID(claimed) if claimed else None
    except ValueError:
        return None


def prove(request: Request, *, node: UUID, keys: str, url: str, at: datetime) -> Proof | None:
    """Whether one of the record's keys, good at this moment, signed the request just now."""
    for name, key in _good(keys, at):
        signed = plain.signed(
            method="POST", url=url, headers=request.headers, body=request.body, key=key, at=at
        )
        if signed:
            return Proof(node, name, signed.nonce)
    return None


def _good(keys: str, at: datetime) -> Iterable[tuple[str, Ed25519PublicKey]]:
    now = at.timestamp()
    return [(name, key) for name, key, until in _read(keys) if until is None or until > now]


@lru_cache(maxsize=50_000)
def _read(keys: str) -> tuple[tuple[str, Ed25519PublicKey, float | None], ...]:
    return tuple(
        (name, Ed25519PublicKey.from_public_bytes(bytes.fromhex(name)), until)
        for name, until in json.loads(keys)
    )
