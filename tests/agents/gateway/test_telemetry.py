"""What a beat tells of leased GPUs: kept on both ways alike, by refused beats not at all."""

from datetime import timedelta
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agents.gateway import problems
from agents.gateway.fast import application
from agents.protocol.messages import Sample
from marketplace.catalog.health import samples
from tests import make
from tests.agents.gateway.short import Front, sign, watched
from tests.agents.gateway.signed import beat, node_for, post
from tests.make import NOON

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
LATER = NOON + 30 * SECOND
TOLD = {"gpu_percent": 93, "memory_used_bytes": 7 << 30, "power_mw": 412_000, "temperature_c": 65}
BUSY = (Sample(uuid="GPU-a", **TOLD), Sample(uuid="GPU-b", power_mw=70_000))


def again(**facts):
    return beat("GPU-a", **{"full": False, "desired_version": 0, "telemetry": BUSY, **facts})


@pytest.fixture
def machine(market):
    return make.machine(gpus=0, state="offline")


@pytest.fixture
def say(client, machine, monkeypatch):
    """Speak as the machine's node; `say.front` counts what went the full way."""
    node, key = node_for(machine)
    front = Front(client)

    def say(message, at, key=key):
        for place in (problems, application):
            monkeypatch.setattr(place, "now", lambda: at)
        watched(at)
        body, headers = sign(message, key, node.public_id, at)
        return post(front, "heartbeat", body, headers).status_code

    say.front = front
    assert say(beat("GPU-a"), NOON) == 200
    return say


def kept(machine, uuid="GPU-a", since=NOON):
    return samples.read(machine_id=machine.pk, uuids=[uuid], since=since)[uuid]


def test_samples_are_kept_on_both_ways_and_are_no_news(machine, say, django_assert_num_queries):
    assert say(again(desired_version=None), NOON + SECOND) == 200
    assert say.front.full == 2
    with django_assert_num_queries(0):
        assert say(again(telemetry=BUSY[:1]), LATER) == 200
    assert say.front.full == 2, "another load is no news"
    assert kept(machine) == [
        samples.Sample(at=NOON + SECOND, **TOLD),
        samples.Sample(at=LATER, **TOLD),
    ]
    nothing = dict.fromkeys(TOLD)
    alone = {**nothing, "power_mw": 70_000}
    assert kept(machine, "GPU-b") == [samples.Sample(at=NOON + SECOND, **alone)]


def test_an_idle_machine_keeps_nothing(machine, say):
    for at in (NOON + SECOND, LATER):
        assert say(again(telemetry=()), at) == 200
    assert say.front.full == 1
    assert kept(machine) == []


@pytest.mark.parametrize("version", [0, None])
def test_a_refused_beat_leaves_no_sample(version, machine, say):
    """One that asks for the short way, and one that goes the full way by itself."""
    busy = partial(again, desired_version=version)
    for refused in (
        partial(say, busy(), LATER, key=Ed25519PrivateKey.generate()),
        partial(say, busy(seq=0), LATER),
    ):
        assert refused() in (401, 409)
    assert kept(machine) == []


@pytest.mark.parametrize("short", [True, False])
def test_a_clock_that_ran_ahead_costs_samples_and_no_beat(short, machine, say):
    """Two servers of the marketplace may disagree; streams only rise."""
    assert say(again(), NOON + 2 * SECOND) == 200
    message = again() if short else again(desired_version=None)
    assert say(message, NOON + SECOND) == 200
    assert say.front.full == (1 if short else 2)
    assert [one.at for one in kept(machine)] == [NOON + 2 * SECOND]


def test_an_hour_is_kept_and_no_more_however_often_a_node_beats(machine, say, settings):
    settings.HEARTBEAT_SECONDS = 600
    assert samples.most() == 7
    for number in range(1, 12):
        assert say(again(), NOON + number * SECOND) == 200
    assert say.front.full == 1
    assert [one.at for one in kept(machine)] == [NOON + n * SECOND for n in range(5, 12)]
    with samples.redis.Redis.from_url(settings.REDIS_URL) as link:
        assert 3590 < link.ttl(f"{samples.PREFIX}{machine.pk}") <= 3600
