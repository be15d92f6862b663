"""The marketplace signs what its nodes may run, and keeps what they refused."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.core import checks
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from agents.gateway import services as gateway
from agents.gateway.checks import grant_key
from agents.gateway.models import GrantRefusal
from agents.gateway.services import granting
from agents.protocol import grants, messages
from marketplace.catalog import services as catalog
from marketplace.catalog.models import Gpu
from marketplace.core.models import AuditEvent
from tests import make
from tests.agents.gateway.signed import beat, node_for, public, signed_post
from tests.make import NOON
from tests.race import together

HOUR = timedelta(hours=1)
ASSIGNMENT = uuid4()


@pytest.fixture
def joined(market):
    return node_for(make.machine(gpus=0, state="offline"))


@pytest.fixture
def send(client, joined):
    node, key = joined
    return lambda **facts: signed_post(
        client, "heartbeat", beat("GPU-a", **facts), key=key, key_id=node.public_id
    )


def refusal(**facts):
    known = {"assignment": ASSIGNMENT, "generation": 1, "reason": "tampered"}
    return messages.GrantRefusal(**{**known, **facts})


@pytest.mark.django_db
def test_what_a_node_is_told_bears_the_key_that_it_pinned(joined, send, harbour):
    node, _ = joined
    send()
    make.funded(harbour)
    chip = Gpu.objects.get().chip
    offer = catalog.list_offer(machine=node.machine, chip=chip, price_micro_per_gpu_hour=1, at=NOON)
    make.reservation(harbour, offer, start=NOON + HOUR / 2)
    reply = messages.HeartbeatReply.model_validate_json(send(full=False).content)
    [told] = reply.desired
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(gateway.public_key()))
    assert reply.grant_key == gateway.public_key()
    grants.check(told, node=node.public_id, key=key, at=NOON)
    assert told.not_after == told.start + HOUR


@pytest.mark.django_db
def test_a_refusal_is_kept_once_and_stands_on_the_trail(joined, send):
    for _ in range(2):
        assert send(refused=(refusal(), refusal(generation=2))).status_code == 200
    rows = GrantRefusal.objects.order_by("pk").values_list("assignment", "generation", "reason")
    assert list(rows) == [(ASSIGNMENT, 1, "tampered"), (ASSIGNMENT, 2, "tampered")]
    events = AuditEvent.objects.filter(verb="refused a lease grant")
    assert [event.detail for event in events] == [
        {"assignment": str(ASSIGNMENT), "reason": "tampered"}
    ] * 2
    assert {event.subject for event in events} == {f"gateway.Node {joined[0].public_id}"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET generation = 2", "DELETE FROM {}", "TRUNCATE {}"]
)
def test_a_refusal_is_evidence(change, joined, send):
    send(refused=(refusal(),))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with (
        pytest.raises(DatabaseError, match="its rows are evidence"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format("gateway_grantrefusal"))


def test_development_makes_a_key_once_for_its_owner_alone(tmp_path, settings):
    settings.GRANT_KEY, settings.STRAITS_HOME = "", tmp_path / "home"
    made = together(*[gateway.public_key for _ in range(8)])
    assert len(set(made)) == 1
    [file] = settings.STRAITS_HOME.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert gateway.public_key() == made[0]


def test_a_key_of_the_settings_is_used(settings):
    settings.GRANT_KEY = "7" * 64
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex("7" * 64))
    assert gateway.public_key() == public(key)


def changed(settings):
    """Change the key as the command says."""
    out = StringIO()
    call_command("change_grant_key", stdout=out, stderr=StringIO())
    for line in out.getvalue().splitlines():
        name, _, value = line.partition("=")
        setattr(settings, name, value.split(",") if name == "GRANT_KEY_CHANGES" else value)


def test_nodes_follow_two_changes_of_the_key(settings):
    settings.GRANT_KEY = "7" * 64
    pinned = gateway.public_key()
    changed(settings)
    between = gateway.public_key()
    changed(settings)
    assert len({pinned, between, gateway.public_key()}) == 3
    for key in (pinned, between):
        found = grants.follow(key, gateway.public_key(), granting.key_changes())
        assert found == gateway.public_key()


def said(settings, **changes):
    for name, value in changes.items():
        setattr(settings, name, value)
    return [(each.id, each.msg) for each in grant_key()]


def test_the_deployment_check_says_what_is_wrong_with_the_key(settings):
    settings.GRANT_KEY = "7" * 64
    changed(settings)
    assert said(settings) == []
    [(code, text)] = said(settings, GRANT_KEY="8" * 64)
    assert (code, "nothing leads to the key of GRANT_KEY" in text) == ("gateway.E002", True)
    [(code, text)] = said(settings, GRANT_KEY_CHANGES=["x"])
    assert text.startswith("GRANT_KEY_CHANGES: write OLD:NEW:SIGNATURE")
    [(code, text)] = said(settings, GRANT_KEY="x", GRANT_KEY_CHANGES=[])
    assert text.startswith("GRANT_KEY: set 64 hexadecimal digits")
    assert said(settings, GRANT_KEY="")[0][0] == "gateway.E001"


def test_the_check_runs_when_deploying():
    registered = checks.registry.registry.get_checks(include_deployment_checks=True)
    assert grant_key in registered
    assert grant_key not in checks.registry.registry.get_checks()
