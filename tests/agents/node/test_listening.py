"""The agent hears at once that something else is wanted; else it learns it with the next beat."""

import time
from itertools import pairwise

import pytest

from agents.node import rotation
from agents.node.clock import Clock
from agents.node.listening import Ear

from .market import until


@pytest.fixture
def ear(enrolled):
    made = Ear(rotation.client_of(enrolled, clock=Clock()), pause=0.3)
    made.start()
    yield made
    made.close()


@pytest.fixture
def agent(build, ear):
    made = build()
    made.ear = ear
    return made


def polls(market):
    return market.paths.count("/agent/v1/desired")


def turning(agent, condition):
    def look():
        agent.turn()
        return condition()

    until(look)


def test_nothing_is_heard_before_the_agent_has_a_version(ear, market):
    time.sleep(0.3)
    assert (polls(market), ear.news) == (0, False)


def test_a_lease_starts_long_before_the_next_beat(agent, market, gpus):
    market.every = 600
    turning(agent, lambda: polls(market) == 1)
    beats = len(market.heartbeats)
    wanted = market.want(gpus=[gpu.uuid for gpu in gpus.inventory().gpus])
    turning(agent, lambda: "running" in market.states(wanted.assignment))
    assert len(market.heartbeats) <= beats + 2, "one that fetched it, one that tells that it runs"


def test_without_the_ear_it_would_wait_for_the_next_beat(build, market, gpus):
    """If this starts it, the test above proves nothing."""
    deaf = build()
    market.every = 600
    deaf.turn()
    market.want(gpus=[gpu.uuid for gpu in gpus.inventory().gpus])
    for _ in range(20):
        deaf.turn()
        time.sleep(0.05)
    assert deaf.leases.facts == {}
    assert len(market.heartbeats) == 1


def test_a_marketplace_that_answers_without_waiting_is_not_asked_without_end(ear, market):
    market.waits = False
    ear.note(market.version)
    until(lambda: polls(market) == 4)
    assert all(after - one >= ear.pause for one, after in pairwise(market.asked_at))


def test_a_marketplace_that_is_away_is_asked_later_and_later(ear, market, monkeypatch):
    waits = []
    monkeypatch.setattr(
        "agents.node.listening.random.uniform", lambda low, high: waits.append((low, high)) or 0.01
    )
    market.down = True
    ear.note(market.version)
    until(lambda: len(waits) >= 7)
    assert waits[:7] == [(1, 1 + most) for most in (2, 4, 8, 16, 32, 60, 60)]
    market.down, market.version = False, market.version + 1
    until(lambda: ear.news)
    assert ear.failures == 0


def test_an_older_version_than_the_agents_is_no_news(ear, market):
    ear.note(market.version + 5)
    until(lambda: polls(market) >= 1)
    until(lambda: ear.heard == market.version)
    assert not ear.news
