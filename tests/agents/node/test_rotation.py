"""The node's key is changed, and no lost answer, restart or running agent is left without one."""

import pytest

from agents.node import identity, rotation
from agents.node.client import HEARTBEAT, Refused, Unreachable
from agents.node.clock import Clock
from agents.protocol.messages import Heartbeat, HeartbeatReply

from .build import ONE

BEAT = Heartbeat(boot_id=ONE, seq=1, agent_version="1", inventory_digest="0" * 64)


def raw(key):
    return key.public_key().public_bytes_raw()


@pytest.fixture
def client(enrolled):
    made = rotation.client_of(enrolled, clock=Clock())
    yield made
    made.close()


def beat(client):
    return client.post(HEARTBEAT, BEAT, HeartbeatReply, timeout=2)


def lost(market):
    """The marketplace takes the next change of keys, and its answer gets lost."""
    real = market.rotate_key

    def rotate_key(body):
        real(body)
        market.rotate_key = real
        return 503, {}, b""

    market.rotate_key = rotate_key


def test_a_new_key_takes_the_old_ones_place(enrolled, client, market):
    old = raw(identity.key_of(enrolled))
    rotation.rotate(state=enrolled, client=client)
    new = raw(identity.key_of(enrolled))
    assert new == raw(client.key) == market.key.public_bytes_raw() != old
    assert identity.next_key(enrolled) is None
    assert (enrolled / "key").stat().st_mode & 0o777 == 0o600
    beat(client)
    assert market.heartbeats == [BEAT]


def test_after_a_lost_answer_both_keys_are_kept_and_the_next_beat_finds_the_one(
    enrolled, client, market
):
    old = raw(client.key)
    lost(market)
    with pytest.raises(Unreachable):
        rotation.rotate(state=enrolled, client=client)
    assert raw(identity.key_of(enrolled)) == raw(client.key) == old
    assert identity.next_key(enrolled)
    market.overlap.clear()
    beat(client)
    assert raw(identity.key_of(enrolled)) == raw(client.key) == market.key.public_bytes_raw()
    assert identity.next_key(enrolled) is None


def test_after_a_lost_answer_the_command_may_be_given_again(enrolled, client, market):
    lost(market)
    with pytest.raises(Unreachable):
        rotation.rotate(state=enrolled, client=client)
    taken = market.key.public_bytes_raw()
    market.overlap.clear()
    rotation.rotate(state=enrolled, client=client)
    assert raw(identity.key_of(enrolled)) == market.key.public_bytes_raw() == taken


def test_a_change_that_never_arrived_leaves_the_old_key_good(enrolled, client, market):
    old = raw(client.key)
    market.down = True
    with pytest.raises(Unreachable):
        rotation.rotate(state=enrolled, client=client)
    market.down = False
    beat(client)
    assert market.key.public_bytes_raw() == raw(client.key) == old
    offered = raw(identity.next_key(enrolled))
    rotation.rotate(state=enrolled, client=client)
    assert market.key.public_bytes_raw() == offered


def test_an_agent_that_runs_follows_a_change_made_beside_it(enrolled, client, market):
    beside = rotation.client_of(enrolled, clock=Clock())
    rotation.rotate(state=enrolled, client=beside)
    beat(client)
    assert raw(client.key) != raw(beside.key), "the old key is good for a while"
    market.overlap.clear()
    beat(client)
    assert raw(client.key) == raw(beside.key)
    beside.close()


def test_a_refused_change_leaves_everything_as_it_was(enrolled, client, market):
    old = raw(client.key)
    market.refuse["/agent/v1/rotate-key"] = (409, "/problems/key-taken", "no")
    with pytest.raises(Refused):
        rotation.rotate(state=enrolled, client=client)
    assert raw(identity.key_of(enrolled)) == raw(client.key) == old


def test_a_stranger_is_refused_though_it_tries_each_of_its_keys(enrolled, client, market):
    market.key = None
    identity.make_next_key(enrolled)
    with pytest.raises(Refused):
        beat(client)
    assert len(market.paths) == 1 + 2, "enrolment, then one try with each key"
    assert identity.next_key(enrolled)
