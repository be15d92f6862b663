"""One live key per node and each message once, whoever races; and what happens without guards."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import IntegrityError, connection, models

from agents.gateway import services as gateway
from agents.gateway.models import Node, NodeBoot, NodeKey, NodeKeyQuerySet
from agents.gateway.services import fencing
from agents.protocol import rotation
from agents.protocol.messages import Rotate
from tests import make
from tests.agents.gateway.signed import node_for, public
from tests.make import BOOT, NOON
from tests.race import all_have_called, together

pytestmark = pytest.mark.django_db(transaction=True)
ONE_LIVE = next(c for c in NodeKey._meta.constraints if c.name == "node_key_one_live")


@pytest.fixture
def joined(db):
    return node_for(make.machine(gpus=0))


@pytest.fixture
def unguarded():
    with connection.schema_editor() as editor:
        editor.remove_constraint(NodeKey, ONE_LIVE)
    yield
    NodeKey.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(NodeKey, ONE_LIVE)


def change(joined):
    node, old = joined
    new = Ed25519PrivateKey.generate()
    vouch, proof = rotation.sign(node=node.public_id, old=old, new=new)
    message = Rotate(old_key=public(old), new_key=public(new), vouch=vouch.hex(), proof=proof.hex())
    signer = bytes.fromhex(public(old))
    return lambda: gateway.rotate(node=node, key=signer, message=message, at=NOON)


def blind(monkeypatch):
    """Neither a lock on the node nor the guard in the update: look, then write."""

    look = all_have_called(NodeKeyQuerySet.exists, 8)

    def look_then_take(rows, **values):
        found = look(rows)
        return models.QuerySet.update(NodeKey.objects.filter(pk__in=[]), **values) or found

    monkeypatch.setattr(NodeKeyQuerySet, "update", look_then_take)
    monkeypatch.setattr(type(Node.objects.live()), "select_for_update", lambda rows, **_: rows)


def test_eight_changes_at_once_make_one_key_live(joined):
    outcome = together(*[change(joined) for _ in range(8)])
    assert [type(one) for one in outcome].count(gateway.KeyReplaced) == 7
    assert NodeKey.objects.live().count() == 1
    assert NodeKey.objects.count() == 2


def test_control_without_guard_and_constraint_many_keys_are_live(joined, unguarded, monkeypatch):
    """If this stops making more than one key live, the race above proves nothing."""
    blind(monkeypatch)
    together(*[change(joined) for _ in range(8)])
    assert NodeKey.objects.live().count() > 2


def test_without_the_guard_the_database_still_refuses(joined, monkeypatch):
    blind(monkeypatch)
    outcome = together(*[change(joined) for _ in range(8)])
    assert {type(one) for one in outcome} == {IntegrityError}
    assert NodeKey.objects.live().count() == 1


def test_one_message_sent_eight_times_at_once_passes_the_fence_once(joined):
    calls = [
        lambda: fencing.pass_fence(node=joined[0], boot_id=BOOT, seq=7, at=NOON) for _ in range(8)
    ]
    outcome = together(*calls)
    assert outcome.count(None) == 1
    assert [type(one) for one in outcome].count(fencing.OldMessage) == 7
    assert NodeBoot.objects.get().last_seq == 7


def test_control_looking_before_advancing_lets_many_pass(joined, monkeypatch):
    """If this stops letting more than one pass, the race above proves nothing."""
    fencing.pass_fence(node=joined[0], boot_id=BOOT, seq=6, at=NOON)

    def older(node, boot_id, seq):
        return NodeBoot.objects.filter(node=node, boot_id=boot_id, last_seq__lt=seq).exists()

    look = all_have_called(older, 8)

    def look_then_advance(node, boot_id, seq, at):
        found = look(node, boot_id, seq)
        return found and NodeBoot.objects.filter(node=node).update(last_seq=seq)

    monkeypatch.setattr(fencing, "_advance", look_then_advance)
    calls = [
        lambda: fencing.pass_fence(node=joined[0], boot_id=BOOT, seq=7, at=NOON) for _ in range(8)
    ]
    assert together(*calls).count(None) > 1
