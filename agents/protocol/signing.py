"""RFC 9421 signatures with RFC 9530 content digests, Ed25519: who sent this, unchanged, just now.

A signature covers method, authority, target URI and the digest of the body, and names a key, a time
and a nonce. Whether a nonce was seen before is the verifier's business.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException

TAG = "straits-agent-v1"
COVERED = ("@method", "@authority", "@target-uri", "content-digest")
#: how far a node's clock may be from ours
CLOCK_WINDOW = timedelta(seconds=60)
NONCE_BYTES = 16
MAX_NONCE = 64


class BadSignature(Exception):
    """No signature, one that does not fit the request, or one by another key."""


class ClockSkew(Exception):
    """Signed too long ago or in the future; the node should take over our time."""


@dataclass(frozen=True)
class Signed:
    """What a signature says of itself: believed only once `verify` returned it."""

    key_id: str
    nonce: str
    created: datetime


@dataclass
class _Request:
    """As much of a request as the signature library looks at."""

    method: str
    url: str
    headers: dict[str, str]


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(
        self, *, public: Ed25519PublicKey | None = None, private: Ed25519PrivateKey | None = None
    ) -> None:
        self.public, self.private = public, private

    def resolve_public_key(self, key_id: str) -> Any:
        return self.public

    def resolve_private_key(self, key_id: str) -> Any:
        return self.private


class _Verifier(HTTPMessageVerifier):
    """The library reads the clock itself and allows 5 s; `verify` below is given the time."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        return


def sign(
    *, method: str, url: str, body: bytes, key: Ed25519PrivateKey, key_id: str, at: datetime
) -> dict[str, str]:
    """Give the headers that sign this request now: Content-Digest, Signature-Input, Signature."""
    request = _Request(method, url, {})
    signer = HTTPMessageSigner(
        signature_algorithm=algorithms.ED25519, key_resolver=_OneKey(private=key)
    )
    signer.sign(
        request,
        key_id=key_id,
        created=at,
        nonce=secrets.token_urlsafe(NONCE_BYTES),
        tag=TAG,
        covered_component_ids=COVERED,
        body=body,
    )
    return request.headers


def key_id_of(headers: Mapping[str, str]) -> str:
    """Which key a request claims as its own; nothing is believed yet. Raises BadSignature."""
    verifier = _Verifier(signature_algorithm=algorithms.ED25519, key_resolver=_OneKey())
    request = _Request("POST", "https://unread.invalid/", dict(headers))
    try:
        found = verifier._get_sig_inputs_and_signatures(  # type: ignore[no-untyped-call]  # no hints
            request, expect_tag=TAG
        )
        inputs = list(found)
    except (HTTPMessageSignaturesException, ValueError) as error:
        raise BadSignature(f"the request carries no signature tagged {TAG}: {error}") from error
    if len(inputs) != 1:
        raise BadSignature(f"the request carries {len(inputs)} signatures tagged {TAG}; send one")
    return str(inputs[0][1].params.get("keyid", ""))


def verify(
    *,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    key: Ed25519PublicKey,
    at: datetime,
) -> Signed:
    """Check signature, covered parts, body digest and age. Raises BadSignature or ClockSkew.

    `url` is the address as the outside knows it, built from configuration, never from the Host
    header. ClockSkew is raised only for a signature that is otherwise right.
    """
    verifier = _Verifier(signature_algorithm=algorithms.ED25519, key_resolver=_OneKey(public=key))
    request = _Request(method, url, dict(headers))
    try:
        [result] = verifier.verify(
            request, max_age=None, expect_tag=TAG, require_components=COVERED, body=body
        )
    except (HTTPMessageSignaturesException, ValueError) as error:
        reason = str(error) or "another key, or the request was changed"
        raise BadSignature(f"the signature does not fit the request: {reason}") from error
    signed = _read(result.parameters)
    if abs(signed.created - at) > CLOCK_WINDOW:
        raise ClockSkew(f"signed at {signed.created:%Y-%m-%dT%H:%M:%SZ}, more than 60 s from now")
    return signed


def _read(parameters: Mapping[str, Any]) -> Signed:
    nonce, created = parameters.get("nonce") or "", parameters.get("created")
    if not 0 < len(nonce) <= MAX_NONCE:
        raise BadSignature(f"the signature needs a nonce of 1 to {MAX_NONCE} characters")
    if created is None:
        raise BadSignature("the signature needs the parameter created")
    try:
        moment = datetime.fromtimestamp(created, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise BadSignature("the parameter created is no time") from error
    return Signed(key_id=str(parameters["keyid"]), nonce=nonce, created=moment)
