"""How a machine joins, with a secret that works once, and how its agent is shut out again."""

import hashlib
import logging
import secrets
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from redis import RedisError

from agents.gateway.fast import store
from agents.gateway.models import EnrolmentToken, Node, NodeKey
from agents.protocol.messages import Enrol
from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.catalog.models import Machine
from marketplace.catalog.states import MachineState
from marketplace.core import changes

from . import versions

log = logging.getLogger(__name__)

#: so that a leaked one is recognised for what it is
PREFIX = "straits_enrol_"
TOKEN_BYTES = 32
VALID = timedelta(hours=1)


class MachineRetired(Exception):
    """The machine has left the market; nothing more is taken from it."""


class BadToken(Exception):
    """Unknown, used, ended or expired: which of them is nobody's business."""


class KeyTaken(Exception):
    """The key speaks, or spoke, for a node; a new enrolment needs a new one."""


class UnknownNode(Exception):
    """No live node has this id: it never enrolled, was replaced or was shut out."""


def issue_token(
    *, machine: Machine, by: User | None, at: datetime, valid: timedelta = VALID
) -> str:
    """Give the secret of a new token with which this machine joins; raises MachineRetired."""
    return make_token(machine=machine, by=by, at=at, valid=valid)[1]


def make_token(
    *, machine: Machine, by: User | None, at: datetime, valid: timedelta = VALID
) -> tuple[EnrolmentToken, str]:
    """A new token and its secret, which is shown this once. Raises MachineRetired."""
    _refuse_retired(machine)
    secret = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        token = EnrolmentToken.objects.create(
            machine=machine,
            issued_by=by,
            token_sha256=_sha256(secret),
            expires_at=at + valid,
            created_at=at,
        )
        trail(verb="issued enrolment token", subject=token, by=by, at=at)
    return token, secret


def revoke_token(*, token: EnrolmentToken, by: User | None, at: datetime) -> bool:
    """End an unused token; False when it was used or ended before (then revoke its node)."""
    with transaction.atomic():
        unused = EnrolmentToken.objects.filter(pk=token.pk, used_at=None, revoked_at=None)
        ended = bool(unused.update(revoked_at=at))
        if ended:
            trail(verb="revoked enrolment token", subject=token, by=by, at=at)
    token.refresh_from_db()
    return ended


def enrol(*, message: Enrol, at: datetime) -> Node:
    """Let the machine of a usable token join with the key that signed the message.

    The same token with the same key again gives the same node, so a lost answer can be asked for
    again. A node that spoke for the machine before is shut out. Raises AgentTooOld, BadToken,
    MachineRetired and KeyTaken; then nothing was written and the token is still good.
    """
    versions.require_served(message.agent_version)
    digest, key = _sha256(message.token), bytes.fromhex(message.public_key)
    with transaction.atomic():
        # the guard: of all that race with one token exactly one finds the row unused
        taken = (
            EnrolmentToken.objects.usable(at=at)
            .filter(token_sha256=digest)
            .update(used_at=at, used_by_key=key)
        )
        if not taken:
            return _joined_before(digest, key)
        token = EnrolmentToken.objects.get(token_sha256=digest)
        return _join(token, key, message.agent_version, at)


def _joined_before(digest: bytes, key: bytes) -> Node:
    token = EnrolmentToken.objects.filter(token_sha256=digest, used_by_key=key).first()
    known = _live_key(key)
    if token is None or known is None:
        raise BadToken("this token cannot be used; ask for a new one")
    return known.node


def _live_key(key: bytes) -> NodeKey | None:
    """The row of a key with which a live node speaks now."""
    keys = NodeKey.objects.live().filter(public_key=key, node__revoked_at__isnull=True)
    return keys.select_related("node__machine").first()


def _join(token: EnrolmentToken, key: bytes, agent_version: str, at: datetime) -> Node:
    # two tokens of one machine take turns here
    machine = Machine.objects.select_for_update(no_key=True).get(pk=token.machine_id)
    _refuse_retired(machine)
    known = _live_key(key)
    if known is not None and known.node.machine_id == machine.pk:
        return known.node
    for old in Node.objects.live().filter(machine=machine):
        _shut_out("replaced", old, None, at)
    node = Node.objects.create(machine=machine, agent_version=agent_version, enrolled_at=at)
    _, made = NodeKey.objects.get_or_create(public_key=key, defaults={"node": node, "since": at})
    if not made:
        raise KeyTaken("this key belongs to another enrolment; make a new key and enrol again")
    ids = {"machine": str(machine.public_id), "token": str(token.public_id)}
    trail(verb="enrolled", subject=node, by=None, at=at, **ids)
    changes.after_commit(machine)
    return node


def node_of(*, key_id: str) -> Node:
    """The live node that a request claims to come from; raises UnknownNode."""
    try:
        public_id = UUID(key_id)
    except ValueError:
        raise UnknownNode("the key id of the signature is no node's id") from None
    node = Node.objects.live().filter(public_id=public_id).select_related("machine").first()
    if node is None:
        raise UnknownNode("no such node; enrol this machine with a new token")
    return node


def revoke_node(*, node: Node, by: User | None, at: datetime) -> bool:
    """Shut a node out at once; False when it was already. Its machine goes silent, then offline."""
    with transaction.atomic():
        shut = _shut_out("revoked", node, by, at)
    node.refresh_from_db()
    return shut


def _shut_out(verb: str, node: Node, by: User | None, at: datetime) -> bool:
    if not Node.objects.live().filter(pk=node.pk).update(revoked_at=at):
        return False
    trail(verb=verb, subject=node, by=by, at=at)
    transaction.on_commit(partial(forget, node))
    return True


def forget(node: Node) -> None:
    """Have the node take the full way next; a sweep finds what could not be forgotten now."""
    try:
        store.forget([node.public_id])
    except RedisError as error:
        log.warning("%s keeps the short way until it is swept: %s", node, error)


def _refuse_retired(machine: Machine) -> None:
    if machine.state == MachineState.RETIRED:
        raise MachineRetired(f"machine {machine.name} is retired; register it as a new one")


def _sha256(secret: str) -> bytes:
    # 256 random bits need no slow hash
    return hashlib.sha256(secret.encode()).digest()
