"""The fence behind the nonces: it holds also when Redis has forgotten them."""

from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction

from agents.gateway.models import NodeBoot
from agents.protocol import signing
from marketplace.core.models import AuditEvent
from tests import make
from tests.agents.gateway.signed import beat, node_for, post, problem, refusal, signed_post, world
from tests.make import BOOT, NOON

pytestmark = pytest.mark.django_db
NEXT = UUID(int=BOOT.int + 1)


@pytest.fixture
def machine(market):
    return make.machine(gpus=0, state="offline")


@pytest.fixture
def joined(machine):
    return node_for(machine)


@pytest.fixture
def send(client, joined):
    node, key = joined
    return lambda **facts: signed_post(
        client, "heartbeat", beat("GPU-a", **facts), key=key, key_id=node.public_id
    )


def forget_nonces():
    cache.clear()  # the whole store


def test_messages_of_a_boot_rise(send):
    assert send(seq=5).status_code == 200
    assert send(seq=6).status_code == 200
    assert NodeBoot.objects.get().last_seq == 6


@pytest.mark.parametrize("seq", [0, 4, 5])
def test_what_does_not_rise_is_refused_also_with_a_fresh_signature(seq, send):
    send(seq=5)
    assert refusal(lambda: send(seq=seq)) == (409, "old-message")


@pytest.mark.fault(16)
def test_a_replay_within_the_window_is_stopped_by_the_nonce_then_by_the_fence(client, joined):
    node, key = joined
    body = beat("GPU-a").model_dump_json().encode()
    url = "http://testserver/agent/v1/heartbeat"
    headers = signing.sign(
        method="POST", url=url, body=body, key=key, key_id=str(node.public_id), at=NOON
    )
    assert post(client, "heartbeat", body, headers).status_code == 200
    assert refusal(lambda: post(client, "heartbeat", body, headers)) == (401, "replayed")
    forget_nonces()
    assert problem(post(client, "heartbeat", body, headers)) == (409, "old-message")


def test_an_inventory_that_is_refused_leaves_the_fence_where_it_was(send):
    assert send(seq=5).status_code == 200
    before = world()
    assert problem(send(seq=6, inventory_digest="0" * 64)) == (422, "bad-inventory")
    assert world() == before
    assert NodeBoot.objects.get().last_seq == 5


def test_a_reboot_begins_anew(send):
    send(seq=500)
    assert send(boot_id=NEXT, seq=1).status_code == 200
    rows = NodeBoot.objects.order_by("pk").values_list("boot_id", "last_seq", "left_at")
    assert list(rows) == [(BOOT, 500, NOON), (NEXT, 1, None)]


@pytest.mark.fault(17)
def test_a_copied_disk_is_shut_out_and_noted_once(joined, send):
    send(seq=500)
    send(boot_id=NEXT, seq=1)
    assert problem(send(seq=501)) == (409, "boot-over")
    event = AuditEvent.objects.latest("pk")
    assert (event.verb, event.detail) == ("spoke from two boots", {"boot": str(BOOT)})
    assert event.subject == f"gateway.Node {joined[0].public_id}"
    assert refusal(lambda: send(seq=502)) == (409, "boot-over")
    assert send(boot_id=NEXT, seq=2).status_code == 200


def test_the_database_refuses_two_current_boots(joined, send):
    send(seq=1)
    with pytest.raises(IntegrityError, match="node_boot_one_current"), transaction.atomic():
        NodeBoot.objects.create(
            node=joined[0], boot_id=NEXT, last_seq=1, began_at=NOON, heard_at=NOON
        )
