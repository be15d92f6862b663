"""Who sent this, unchanged, just now and for the first time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.http import HttpRequest

from agents.protocol import signing

from . import services
from .models import Node, NodeKey

#: longer than a signature is accepted (60 s each way), so that no nonce is forgotten too early
NONCE_KEPT = timedelta(seconds=180)


class Replayed(Exception):
    """The very same signed request came before."""


@dataclass(frozen=True)
class Caller:
    """Who sent a request, and the public key that signed it."""

    node: Node
    key: bytes


def authenticate(request: HttpRequest, body: bytes, *, at: datetime) -> Node:
    """Find the live node that signed this request; raises as `caller`."""
    return caller(request, body, at=at).node


def caller(request: HttpRequest, body: bytes, *, at: datetime) -> Caller:
    """Find the live node that signed this request, with its live key or one just replaced.

    Raises signing's BadSignature and ClockSkew, UnknownNode, Replayed, and RedisError when no
    nonce can be remembered: then nobody is let in.
    """
    node = services.node_of(key_id=signing.key_id_of(request.headers))
    refused = signing.BadSignature("this node has no key")
    for row in NodeKey.objects.filter(node=node).good(at=at).order_by("-since", "-pk"):
        try:
            prove(request, body, key=bytes(row.public_key), at=at)
        except signing.BadSignature as error:
            refused = error
        else:
            return Caller(node, bytes(row.public_key))
    raise refused


def prove(request: HttpRequest, body: bytes, *, key: bytes, at: datetime) -> None:
    """Check that the holder of this public key signed the request; raises as `authenticate`."""
    signed = signing.verify(
        method=request.method or "",
        url=settings.PUBLIC_URL + request.get_full_path(),
        headers=request.headers,
        body=body,
        key=Ed25519PublicKey.from_public_bytes(key),
        at=at,
    )
    # only now, so that strangers cannot fill Redis
    if not _is_first(f"straits:nonce:{key.hex()}:{signed.nonce}"):
        raise Replayed("this request was sent before; sign each one anew")


def _is_first(nonce: str) -> bool:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        return bool(client.set(nonce, 1, nx=True, ex=NONCE_KEPT))
