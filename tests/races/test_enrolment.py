"""One token, one node: eight machines that race with it, and what happens without the guard."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agents.gateway import services as gateway
from agents.gateway.models import EnrolmentToken, EnrolmentTokenQuerySet, Node
from marketplace.core.models import AuditEvent
from tests import make
from tests.agents.gateway.signed import enrolment
from tests.make import NOON
from tests.race import all_have_called, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def machine(db):
    return make.machine(gpus=0)


def race(pairs):
    """Enrol with each (token, key) at the same instant."""
    return together(
        *[lambda pair=pair: gateway.enrol(message=enrolment(*pair), at=NOON) for pair in pairs]
    )


def keys(count):
    return [Ed25519PrivateKey.generate() for _ in range(count)]


def issue(machine):
    return gateway.issue_token(machine=machine, by=None, at=NOON)


def test_eight_keys_with_one_token_give_one_node(machine):
    token = issue(machine)
    outcome = race([(token, key) for key in keys(8)])
    assert [type(one) for one in outcome].count(gateway.BadToken) == 7
    assert [one for one in outcome if isinstance(one, Node)] == [Node.objects.get()]
    assert AuditEvent.objects.filter(verb="enrolled").count() == 1


def test_control_looking_before_taking_lets_many_in(machine, monkeypatch):
    """If this stops making more nodes than tokens, the race above proves nothing."""
    guarded, look = EnrolmentTokenQuerySet.update, all_have_called(EnrolmentTokenQuerySet.exists, 8)

    def look_then_take(usable, **values):
        return guarded(EnrolmentToken.objects.all(), **values) if look(usable) else 0

    monkeypatch.setattr(EnrolmentTokenQuerySet, "update", look_then_take)
    token = issue(machine)
    race([(token, key) for key in keys(8)])
    assert Node.objects.count() > 1


def test_one_key_asking_eight_times_at_once_gets_one_node(machine):
    token, [key] = issue(machine), keys(1)
    outcome = race([(token, key)] * 8)
    assert outcome == [Node.objects.get()] * 8
    assert AuditEvent.objects.filter(verb="enrolled").count() == 1


def test_eight_tokens_of_one_machine_leave_one_live_node(machine):
    outcome = race([(issue(machine), key) for key in keys(8)])
    assert all(isinstance(one, Node) for one in outcome)
    assert Node.objects.count() == 8
    assert Node.objects.live().count() == 1
    assert AuditEvent.objects.filter(verb="replaced").count() == 7


def test_one_key_on_eight_machines_at_once_speaks_for_one(db):
    [key] = keys(1)
    outcome = race([(issue(make.machine(gpus=0)), key) for _ in range(8)])
    assert [type(one) for one in outcome].count(gateway.KeyTaken) == 7
    assert Node.objects.count() == 1
    assert EnrolmentToken.objects.filter(used_at=None).count() == 7
