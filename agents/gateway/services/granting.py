"""The marketplace's key for lease grants: signs what nodes may run, and what they refused of it."""

import os
import tempfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction

from agents.gateway.models import GrantRefusal, Node
from agents.protocol import grants, messages
from marketplace.accounts.trail import trail

#: from when it is told or, if that is later, from its start: so long a lease may be begun with it
VALID = timedelta(hours=1)


class BadGrantKey(Exception):
    """GRANT_KEY or GRANT_KEY_CHANGES cannot be used; the text says what to set."""


def grant(*, desired: messages.Desired, node: UUID, at: datetime) -> messages.Desired:
    """The same under the marketplace's signature, for this node. Raises BadGrantKey."""
    not_after = max(at, desired.start) + VALID
    return grants.sign(desired, node=node, not_after=not_after, key=signing_key())


def public_key() -> str:
    """What nodes pin, in hexadecimal. Raises BadGrantKey."""
    return signing_key().public_key().public_bytes_raw().hex()


def signing_key() -> Ed25519PrivateKey:
    """The key of GRANT_KEY; in development, where it is not set, one made at the first start."""
    return _read(settings.GRANT_KEY or _made())


def key_changes() -> tuple[messages.GrantKeyChange, ...]:
    """What leads nodes from keys that were pinned before to the present one. Raises BadGrantKey."""
    return _changes(tuple(settings.GRANT_KEY_CHANGES), public_key())


@lru_cache(maxsize=4)
def _read(given: str) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(given))
    except ValueError:
        raise BadGrantKey(
            "GRANT_KEY: set 64 hexadecimal digits, such as from: openssl rand -hex 32"
        ) from None


@lru_cache(maxsize=4)
def _changes(given: tuple[str, ...], present: str) -> tuple[messages.GrantKeyChange, ...]:
    changes = tuple(map(_change, given))
    for change in changes:
        try:
            grants.follow(change.old, present, changes)
        except grants.BadKeyChange:
            raise BadGrantKey(
                f"GRANT_KEY_CHANGES: from {change.old[:8]}... nothing leads to the key of "
                "GRANT_KEY; set both as `manage.py change_grant_key` printed them"
            ) from None
    return changes


def _change(given: str) -> messages.GrantKeyChange:
    old, _, rest = given.partition(":")
    new, _, signature = rest.partition(":")
    try:
        return messages.GrantKeyChange(old=old, new=new, signature=signature)
    except ValueError:
        raise BadGrantKey(
            "GRANT_KEY_CHANGES: write OLD:NEW:SIGNATURE, as `manage.py change_grant_key` prints it"
        ) from None


def _made() -> str:
    """The key of this installation, made once; settings allow that in development only."""
    file = settings.STRAITS_HOME / "grant.key"
    if not file.exists():
        _make(file)
    return str(file.read_text())


def _make(file: Path) -> None:
    """Whole or not there, and never twice: of processes that start at once one wins."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=file.parent)  # mode 0600
    with os.fdopen(handle, "w") as out:
        out.write(Ed25519PrivateKey.generate().private_bytes_raw().hex())
    try:
        os.link(partial, file)
    except FileExistsError:
        pass
    finally:
        os.unlink(partial)


def note_refusals(*, node: Node, refused: Iterable[messages.GrantRefusal], at: datetime) -> int:
    """Keep what a node did not take, each once, and put it on the trail; how many were new."""
    return sum(_note(node, one, at) for one in refused)


def _note(node: Node, one: messages.GrantRefusal, at: datetime) -> bool:
    with transaction.atomic():
        _, new = GrantRefusal.objects.get_or_create(
            node=node,
            assignment=one.assignment,
            generation=one.generation,
            reason=one.reason,
            defaults={"at": at},
        )
        if new:
            facts = {"assignment": str(one.assignment), "reason": one.reason}
            trail(verb="refused a lease grant", subject=node, by=None, at=at, **facts)
    return new
