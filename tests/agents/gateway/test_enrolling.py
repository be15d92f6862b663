from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import IntegrityError, transaction

from agents.gateway import services as gateway
from agents.gateway.models import EnrolmentToken, Node
from marketplace.core.models import AuditEvent
from tests import make
from tests.agents.gateway.signed import enrolment, node_for, world
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def machine(db):
    return make.machine(gpus=0)


@pytest.fixture
def token(machine):
    return gateway.issue_token(machine=machine, by=None, at=NOON)


@pytest.fixture
def key():
    return Ed25519PrivateKey.generate()


def enrol(token, key, at=NOON + MINUTE):
    return gateway.enrol(message=enrolment(token, key), at=at)


def refused(error, token, key, at=NOON + MINUTE):
    before = world()
    with pytest.raises(error) as caught:
        enrol(token, key, at)
    assert world() == before
    return str(caught.value)


def verbs():
    return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


def test_a_token_lets_its_machine_join_once(machine, token, key):
    node = enrol(token, key)
    assert (node.machine, node.enrolled_at, node.agent_version) == (machine, NOON + MINUTE, "1.0")
    assert bytes(node.keys.get().public_key) == key.public_key().public_bytes_raw()
    assert EnrolmentToken.objects.get().used_at == NOON + MINUTE
    assert verbs() == ["issued enrolment token", "enrolled"]
    refused(gateway.BadToken, token, Ed25519PrivateKey.generate())


def test_the_secret_is_kept_nowhere(token):
    kept = str([list(EnrolmentToken.objects.values()), list(AuditEvent.objects.values())])
    assert token not in kept
    assert token.removeprefix("straits_enrol_") not in kept
    assert len(bytes(EnrolmentToken.objects.get().token_sha256)) == 32


def test_the_same_token_and_key_again_give_the_same_node(token, key):
    first = enrol(token, key)
    before = world()
    assert enrol(token, key, at=NOON + 5 * HOUR) == first
    assert world() == before


def test_no_refusal_says_what_is_wrong_with_a_token(machine, token, key, sally):
    spent = gateway.issue_token(machine=make.machine(gpus=0), by=None, at=NOON)
    enrol(spent, key)
    ended, secret = gateway.make_token(machine=machine, by=sally, at=NOON)
    assert gateway.revoke_token(token=ended, by=sally, at=NOON)
    stranger = Ed25519PrivateKey.generate()
    said = {
        refused(gateway.BadToken, "straits_enrol_guess", stranger),
        refused(gateway.BadToken, "", stranger),
        refused(gateway.BadToken, spent, stranger),
        refused(gateway.BadToken, secret, stranger),
        refused(gateway.BadToken, token, stranger, at=NOON + HOUR),
    }
    assert said == {"this token cannot be used; ask for a new one"}


def test_a_token_is_good_until_the_hour_is_over(token, key):
    assert enrol(token, key, at=NOON + HOUR - timedelta(seconds=1))


def test_a_new_enrolment_replaces_the_machines_node(machine, token, key):
    old = enrol(token, key)
    new, _ = node_for(machine, at=NOON + 2 * MINUTE)
    old.refresh_from_db()
    assert old.revoked_at == NOON + 2 * MINUTE
    assert list(Node.objects.live()) == [new]
    assert verbs()[-2:] == ["replaced", "enrolled"]
    # the replaced key's token does not bring it back
    refused(gateway.BadToken, token, key)


def test_a_fresh_token_with_the_live_key_keeps_the_node(machine, token, key):
    node = enrol(token, key)
    fresh = gateway.issue_token(machine=machine, by=None, at=NOON)
    assert enrol(fresh, key) == node
    assert Node.objects.get().revoked_at is None


def test_a_key_speaks_for_one_machine(token, key):
    enrol(token, key)
    other = make.machine(gpus=0)
    node_for(other)
    clone = gateway.issue_token(machine=other, by=None, at=NOON)
    refused(gateway.KeyTaken, clone, key)
    assert Node.objects.live().count() == 2


def test_a_live_key_gets_nothing_for_a_token_that_another_used(token, key):
    enrol(token, key)
    _, other_key = node_for(make.machine(gpus=0))
    refused(gateway.BadToken, token, other_key)


def test_a_revoked_key_never_comes_back(machine, token, key, sally):
    node = enrol(token, key)
    assert gateway.revoke_node(node=node, by=sally, at=NOON + HOUR)
    assert not gateway.revoke_node(node=node, by=sally, at=NOON + 2 * HOUR)
    assert node.revoked_at == NOON + HOUR
    assert verbs() == ["issued enrolment token", "enrolled", "revoked"]
    assert AuditEvent.objects.latest("pk").actor == sally.public_id
    fresh = gateway.issue_token(machine=machine, by=None, at=NOON)
    refused(gateway.KeyTaken, fresh, key)


def test_only_an_unused_token_can_be_revoked(machine, key, sally):
    token, secret = gateway.make_token(machine=machine, by=sally, at=NOON)
    enrol(secret, key)
    before = world()
    assert not gateway.revoke_token(token=token, by=sally, at=NOON)
    assert world() == before


def test_a_retired_machine_gets_no_token_and_no_node(machine, token, key):
    type(machine).objects.update(state="retired")
    machine.refresh_from_db()
    assert "retired" in refused(gateway.MachineRetired, token, key)
    with pytest.raises(gateway.MachineRetired):
        gateway.issue_token(machine=machine, by=None, at=NOON)
    assert EnrolmentToken.objects.get().used_at is None


def test_the_database_refuses_a_use_without_a_key(token):
    with pytest.raises(IntegrityError, match="token_used_by_a_key"), transaction.atomic():
        EnrolmentToken.objects.update(used_at=NOON)


def test_the_database_refuses_two_live_nodes_on_one_machine(machine, token, key):
    enrol(token, key)
    with pytest.raises(IntegrityError, match="node_one_per_machine"), transaction.atomic():
        Node.objects.create(machine=machine, enrolled_at=NOON)


@pytest.mark.parametrize("claim", ["", "enrol", "00000000-0000-0000-0000-000000000001"])
def test_an_unknown_id_is_no_node(claim, db):
    with pytest.raises(gateway.UnknownNode):
        gateway.node_of(key_id=claim)
