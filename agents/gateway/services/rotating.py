"""How a node changes its key: the old one vouches for the new one, and is good a little longer."""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from agents.gateway.models import Node, NodeKey
from agents.protocol import rotation
from agents.protocol.messages import Rotate
from marketplace.accounts.trail import trail

from .enrolling import KeyTaken, UnknownNode, forget

#: for an agent that runs while its key is changed beside it
OVERLAP = timedelta(minutes=10)


class BadRotation(Exception):
    """The two keys did not both sign the change."""


class KeyReplaced(Exception):
    """The key that asks was replaced by another one; what was replaced vouches for nothing."""


def rotate(*, node: Node, key: bytes, message: Rotate, at: datetime) -> NodeKey:
    """Make the message's new key the node's live one; returns the key that was replaced.

    `key` is the one that signed the request. The same change asked for again, by either key, is
    answered alike, so a lost answer can be asked for again. Raises BadRotation, KeyReplaced,
    KeyTaken and UnknownNode; then nothing was written.
    """
    old, new = bytes.fromhex(message.old_key), bytes.fromhex(message.new_key)
    vouch, proof = bytes.fromhex(message.vouch), bytes.fromhex(message.proof)
    if old == new or key not in (old, new):
        raise BadRotation("a change of keys is signed by the old key, and names another as the new")
    if not rotation.agreed(node=node.public_id, old=old, new=new, vouch=vouch, proof=proof):
        raise BadRotation("the old and the new key must both sign this very change")
    with transaction.atomic():
        # against a node that is shut out meanwhile
        if not Node.objects.live().select_for_update(no_key=True).filter(pk=node.pk).first():
            raise UnknownNode("no such node; enrol this machine with a new token")
        # the guard: of all that race to replace the live key exactly one finds it live
        replaced = NodeKey.objects.live().filter(node=node, public_key=old)
        if key != old or not replaced.update(replaced_at=at, good_until=at + OVERLAP):
            return _changed_before(node, old, new)
        _take(node, old, new, vouch, at)
    return NodeKey.objects.get(node=node, public_key=old)


def _changed_before(node: Node, old: bytes, new: bytes) -> NodeKey:
    live = NodeKey.objects.live().filter(node=node, public_key=new).exists()
    before = NodeKey.objects.filter(node=node, public_key=old, replaced_at__isnull=False).first()
    if not live or before is None:
        raise KeyReplaced("this key was replaced by another; use that one, or enrol anew")
    return before


def _take(node: Node, old: bytes, new: bytes, vouch: bytes, at: datetime) -> None:
    # at most one replaced key is good at a time
    NodeKey.objects.filter(node=node, good_until__gt=at).exclude(public_key=old).update(
        good_until=at
    )
    _, made = NodeKey.objects.get_or_create(
        public_key=new, defaults={"node": node, "since": at, "vouched": vouch}
    )
    if not made:
        raise KeyTaken("this key belongs to another enrolment or was used before; make a new one")
    trail(verb="rotated key", subject=node, by=None, at=at)
    transaction.on_commit(partial(forget, node))
