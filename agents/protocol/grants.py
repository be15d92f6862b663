"""Lease grants: what a node may run, under the marketplace's own key.

The transport says who answers; a grant says what the marketplace itself decided, for which node and
until when it may be begun. A node pins the key when it enrols. When the marketplace changes it, the
old key signs the new one, and a node follows from the one it pinned.

The text is canonical JSON (keys sorted, no spaces, ASCII) of every field that was sent, also of
those that this version does not know, so that a newer marketplace can say more.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .messages import Desired, GrantKeyChange

#: part of what is signed, so that a signature of something else never fits
KIND, CHANGE_KIND = "straits-lease-grant-1", "straits-grant-key-change-1"

Reason = Literal["missing", "tampered", "foreign", "expired", "older"]


class BadGrant(Exception):
    """A grant that a node must not act on; `reason` is one of Reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(SAID[reason])
        self.reason: Reason = reason


SAID: dict[Reason, str] = {
    "missing": "it carries no grant of the marketplace",
    "tampered": "the marketplace's key did not sign it as it is",
    "foreign": "it was granted to another node",
    "expired": "its grant is too old to begin on",
    "older": "a later generation of it came before",
}


class BadKeyChange(Exception):
    """The marketplace's key is another one, and the one that was pinned did not lead to it."""


def text(desired: Desired) -> bytes:
    """The very bytes that are signed."""
    sent = desired.model_dump(mode="json", exclude={"grant"}, exclude_unset=True)
    return _canonical({"kind": KIND, **sent})


def sign(desired: Desired, *, node: UUID, not_after: datetime, key: Ed25519PrivateKey) -> Desired:
    """The same, granted to this node, to be begun or extended until `not_after`."""
    told = {**desired.model_dump(mode="json"), "node": node, "not_after": not_after}
    whole = Desired.model_validate(told)  # so that every field counts as sent
    return whole.model_copy(update={"grant": key.sign(text(whole)).hex()})


def check(desired: Desired, *, node: UUID, key: Ed25519PublicKey, at: datetime) -> None:
    """Whether this node may act on it at this moment. Raises BadGrant."""
    if not desired.grant or desired.not_after is None:
        raise BadGrant("missing")
    if not _signed(text(desired), desired.grant, key):
        raise BadGrant("tampered")
    if desired.node != node:
        raise BadGrant("foreign")
    if at > desired.not_after:
        raise BadGrant("expired")


def change_key(*, old: Ed25519PrivateKey, new: Ed25519PrivateKey) -> GrantKeyChange:
    """The old key's word for the new one."""
    keys = {"old": _public(old), "new": _public(new)}
    return GrantKeyChange(**keys, signature=old.sign(_change(keys)).hex())


def follow(pinned: str, told: str, changes: Iterable[GrantKeyChange]) -> str:
    """The key to pin from now on, in hexadecimal. Raises BadKeyChange.

    `changes` are what the marketplace shows; each step from the pinned key must bear the signature
    of the key before.
    """
    by_old = {change.old: change for change in changes if change_holds(change)}
    key, steps = pinned, set[str]()
    while key != told:
        if key in steps or key not in by_old:
            raise BadKeyChange(
                "the marketplace signs with another key than the one known here, and nothing "
                "shows that it is its own; no lease starts. Ask the operator, or enrol anew"
            )
        steps.add(key)
        key = by_old[key].new
    return key


def change_holds(change: GrantKeyChange) -> bool:
    """Whether the old key signed this change."""
    old = Ed25519PublicKey.from_public_bytes(bytes.fromhex(change.old))
    return _signed(_change({"old": change.old, "new": change.new}), change.signature, old)


def _change(keys: Mapping[str, str]) -> bytes:
    return _canonical({"kind": CHANGE_KIND, **keys})


def _canonical(facts: Mapping[str, Any]) -> bytes:
    return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()


def _public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def _signed(said: bytes, signature: str, key: Ed25519PublicKey) -> bool:
    try:
        key.verify(bytes.fromhex(signature), said)
    except (InvalidSignature, ValueError):
        return False
    return True
