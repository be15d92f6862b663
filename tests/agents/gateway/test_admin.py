import pytest

from agents.gateway import services as gateway
from agents.gateway.models import EnrolmentToken, Node
from marketplace.core.models import AuditEvent
from tests import make
from tests.agents.gateway.signed import node_for, world
from tests.make import NOON

pytestmark = pytest.mark.django_db
TOKENS = "/admin/gateway/enrolmenttoken/"
NODES = "/admin/gateway/node/"


@pytest.fixture
def machine(db):
    return make.machine(gpus=0)


@pytest.fixture
def staff(client, sally):
    client.force_login(sally)
    return client


@pytest.mark.parametrize("place", [TOKENS, NODES])
def test_rows_can_be_seen_and_neither_changed_nor_deleted(place, machine, staff):
    node_for(machine)
    row = (EnrolmentToken if place == TOKENS else Node).objects.get()
    before = world()
    assert staff.get(place).status_code == 200
    page = staff.get(f"{place}{row.pk}/change/")
    assert page.status_code == 200
    assert not any(name in page.content for name in (b"sha256", b"Used by key", b"Public key"))
    assert staff.post(f"{place}{row.pk}/change/", {}).status_code == 403
    assert staff.post(f"{place}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert world() == before


def test_a_node_is_not_made_by_hand(staff):
    assert staff.get(f"{NODES}add/").status_code == 403


def test_a_secret_is_shown_once(machine, staff, sally):
    page = staff.post(f"{TOKENS}add/", {"machine": machine.pk}, follow=True)
    token = EnrolmentToken.objects.get()
    [secret] = {word for word in page.content.decode().split() if "straits_enrol_" in word}
    secret = secret.split("<")[0]
    assert bytes(token.token_sha256) == gateway.enrolling._sha256(secret)
    assert (token.machine, token.issued_by) == (machine, sally)
    assert b"straits_enrol_" not in staff.get(TOKENS).content
    assert AuditEvent.objects.get().actor == sally.public_id


def test_a_retired_machine_is_not_on_offer(staff):
    retired = make.machine(gpus=0, state="retired")
    assert staff.post(f"{TOKENS}add/", {"machine": retired.pk}).status_code == 200
    assert not EnrolmentToken.objects.exists()


def test_staff_revoke_tokens_and_nodes_on_the_trail(machine, staff, sally):
    gateway.issue_token(machine=machine, by=sally, at=NOON)
    node_for(machine)
    for place, rows in ((TOKENS, EnrolmentToken.objects), (NODES, Node.objects)):
        chosen = [row.pk for row in rows.all()]
        staff.post(place, {"action": "revoke", "_selected_action": chosen})
    assert EnrolmentToken.objects.filter(revoked_at__isnull=False).count() == 1
    assert not Node.objects.live().exists()
    trail = AuditEvent.objects.filter(verb__startswith="revoked").order_by("pk")
    assert [(event.verb, event.actor) for event in trail] == [
        ("revoked enrolment token", sally.public_id),
        ("revoked", sally.public_id),
    ]


def test_staff_without_the_right_can_revoke_nothing(machine, client):
    looker = make.user(is_staff=True)
    node_for(machine)
    client.force_login(looker)
    client.post(NODES, {"action": "revoke", "_selected_action": [Node.objects.get().pk]})
    assert Node.objects.live().count() == 1
    assert client.post(f"{TOKENS}add/", {"machine": machine.pk}).status_code == 403


def test_outsiders_see_nothing(machine, client, charlie):
    client.force_login(charlie)
    for place in (TOKENS, NODES):
        assert client.get(place).status_code == 302
