"""How far beats are apart: by the number of nodes, told by either way."""

import pytest

from agents.gateway import problems
from agents.gateway import services as gateway
from agents.gateway.fast import application, store
from agents.gateway.services import rolling
from tests import make
from tests.agents.gateway.short import Front, sign, watched
from tests.agents.gateway.signed import beat, node_for, post
from tests.make import NOON


@pytest.mark.parametrize(
    ("nodes", "seconds"),
    [(0, 30), (1, 30), (12_000, 30), (12_001, 31), (16_000, 40), (18_001, 45), (10**6, 45)],
)
def test_more_nodes_beat_less_often_but_twice_before_they_are_silent(nodes, seconds, settings):
    settings.HEARTBEATS_PER_SECOND = 400
    settings.HEARTBEAT_SECONDS, settings.SILENT_AFTER_SECONDS = 30, 90
    assert rolling.interval_for(nodes) == seconds


@pytest.mark.django_db
def test_both_ways_tell_the_interval(client, market, monkeypatch, settings):
    for place in (problems, application):
        monkeypatch.setattr(place, "now", lambda: NOON)
    settings.HEARTBEATS_PER_SECOND = 1
    for _ in range(39):
        node_for(make.machine(gpus=0))
    node, key = node_for(make.machine(gpus=0, state="offline"))

    def told(way, **facts):
        body, headers = sign(beat("GPU-a", **facts), key, node.public_id, NOON)
        return post(way, "heartbeat", body, headers).json()["next_heartbeat_s"]

    assert told(client) == 30
    gateway.tend(at=NOON)
    assert told(client, full=False, desired_version=0) == 40
    watched(NOON)
    front = Front(client)
    assert told(front, full=False, desired_version=0) == 40
    assert front.full == 0
    with store.client() as link:
        link.delete(store.INTERVAL)
    assert told(front, full=False, desired_version=0) == 30
    assert front.full == 0
