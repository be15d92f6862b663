"""A node's key is changed by the old one alone, and one key is live at a time."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import IntegrityError, transaction

from agents.gateway import problems
from agents.gateway import services as gateway
from agents.gateway.models import NodeKey
from agents.protocol import rotation
from agents.protocol.messages import Rotate
from marketplace.core.models import AuditEvent
from tests import make
from tests.agents.gateway.signed import (
    beat,
    enrolment,
    node_for,
    problem,
    public,
    refusal,
    signed_post,
)
from tests.make import NOON

pytestmark = pytest.mark.django_db
OVERLAP = gateway.rotating.OVERLAP


@pytest.fixture
def machine(market):
    return make.machine(gpus=0, state="offline")


@pytest.fixture
def joined(machine):
    return node_for(machine)


@pytest.fixture
def node(joined):
    return joined[0]


@pytest.fixture
def key(joined):
    return joined[1]


@pytest.fixture
def new():
    return Ed25519PrivateKey.generate()


def change(node, old, new, **changes):
    vouch, proof = rotation.sign(node=node.public_id, old=old, new=new)
    facts = {
        "old_key": public(old),
        "new_key": public(new),
        "vouch": vouch.hex(),
        "proof": proof.hex(),
    }
    return Rotate(**{**facts, **changes})


@pytest.fixture
def send(client, node, monkeypatch):
    """POST signed by a key, at a moment that is also the server's."""

    def send(path, message, key, at=NOON):
        monkeypatch.setattr(problems, "now", lambda: at)
        return signed_post(client, path, message, key=key, key_id=node.public_id, at=at)

    return send


@pytest.fixture
def rotate(node, send):
    return lambda old, new, **how: send("rotate-key", change(node, old, new), old, **how)


def test_the_new_key_is_live_and_the_old_one_good_for_a_while(node, key, new, send, rotate):
    answer = rotate(key, new)
    assert answer.json() == {
        "server_time": "2026-11-24T12:00:00Z",
        "old_good_until": "2026-11-24T12:10:00Z",
    }
    rows = NodeKey.objects.order_by("pk").values_list("replaced_at", "good_until")
    assert list(rows) == [(NOON, NOON + OVERLAP), (None, None)]
    event = AuditEvent.objects.latest("pk")
    assert (event.verb, event.subject) == ("rotated key", f"gateway.Node {node.public_id}")
    just = NOON + OVERLAP - timedelta(seconds=1)
    assert send("heartbeat", beat("GPU-a"), new).status_code == 200
    assert send("heartbeat", beat("GPU-a"), key, at=just).status_code == 200


def test_the_old_key_is_nothing_after_the_overlap(key, new, send, rotate):
    rotate(key, new)
    late = NOON + OVERLAP
    call = lambda: send("heartbeat", beat("GPU-a"), key, at=late)  # noqa: E731
    assert refusal(call) == (401, "bad-signature")
    assert send("heartbeat", beat("GPU-a"), new, at=late).status_code == 200


def test_anybody_can_check_that_the_old_key_vouched_for_the_new(node, key, new, rotate):
    rotate(key, new)
    said = rotation.text(
        node=node.public_id,
        old=bytes.fromhex(public(key)),
        new=bytes.fromhex(public(new)),
    )
    key.public_key().verify(bytes(NodeKey.objects.live().get().vouched), said)


def test_a_lost_answer_can_be_asked_for_again_by_either_key(node, key, new, send, rotate):
    first = rotate(key, new).json()
    rows = list(NodeKey.objects.order_by("pk").values())
    for signer in (key, new):
        again = send("rotate-key", change(node, key, new), signer)
        assert (again.status_code, again.json()) == (200, first)
    assert list(NodeKey.objects.order_by("pk").values()) == rows
    assert AuditEvent.objects.filter(verb="rotated key").count() == 1


def test_a_replaced_key_vouches_for_nothing(key, new, rotate):
    rotate(key, new)
    call = lambda: rotate(key, Ed25519PrivateKey.generate())  # noqa: E731
    assert refusal(call) == (409, "key-replaced")


def test_a_second_change_ends_the_first_overlap(key, new, send, rotate):
    newest = Ed25519PrivateKey.generate()
    rotate(key, new)
    assert rotate(new, newest).status_code == 200
    call = lambda: send("heartbeat", beat("GPU-a"), key)  # noqa: E731
    assert refusal(call) == (401, "bad-signature")
    for signer in (new, newest):
        assert send("heartbeat", beat("GPU-a"), signer).status_code == 200


def test_a_key_of_another_node_or_of_the_past_is_not_taken(key, new, rotate):
    _, other = node_for(make.machine(gpus=0))
    assert refusal(lambda: rotate(key, other)) == (409, "key-taken")
    rotate(key, new)
    assert refusal(lambda: rotate(new, key)) == (409, "key-taken")


@pytest.mark.parametrize("what", ["vouch", "proof", "old_key", "new_key"])
def test_a_change_that_not_both_signed_is_refused(what, node, key, new, send):
    other = change(node, Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate())
    message = change(node, key, new, **{what: getattr(other, what)})
    assert refusal(lambda: send("rotate-key", message, key)) == (422, "bad-rotation")


def test_a_change_of_another_node_is_refused(key, new, send):
    stranger, _ = node_for(make.machine(gpus=0))
    message = change(stranger, key, new)
    assert refusal(lambda: send("rotate-key", message, key)) == (422, "bad-rotation")


def test_the_new_key_alone_changes_nothing(node, key, new, send):
    call = lambda: send("rotate-key", change(node, key, new), new)  # noqa: E731
    assert refusal(call) == (401, "bad-signature")


def test_a_node_that_was_shut_out_meanwhile_changes_nothing(node, key, new):
    gateway.revoke_node(node=node, by=None, at=NOON)
    with pytest.raises(gateway.UnknownNode):
        gateway.rotate(
            node=node, key=bytes.fromhex(public(key)), message=change(node, key, new), at=NOON
        )
    assert NodeKey.objects.count() == 1


def test_a_replaced_key_does_not_enrol_its_machine_again(machine, key, new, rotate, client):
    rotate(key, new)
    token = gateway.issue_token(machine=machine, by=None, at=NOON)
    call = lambda: signed_post(client, "enrol", enrolment(token, key), key=key, key_id="enrol")  # noqa: E731
    assert problem(call()) == (409, "key-taken")
    assert NodeKey.objects.live().get().node.revoked_at is None


def test_the_database_refuses_two_live_keys_and_a_replaced_one_without_end(node, new):
    with pytest.raises(IntegrityError, match="node_key_one_live"), transaction.atomic():
        NodeKey.objects.create(node=node, public_key=b"1" * 32, since=NOON)
    with pytest.raises(IntegrityError, match="node_key_replaced_has_end"), transaction.atomic():
        NodeKey.objects.update(replaced_at=NOON)
