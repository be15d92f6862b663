"""Which agents are served: a clear refusal that moves nothing, and usage from everybody."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agents.gateway import problems
from agents.gateway import services as gateway
from agents.gateway.services import AgentTooOld, versions
from tests import make
from tests.agents.gateway.signed import (
    USAGE,
    beat,
    enrolment,
    node_for,
    refusal,
    signed_post,
)
from tests.make import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _it_is_noon(monkeypatch):
    monkeypatch.setattr(problems, "now", lambda: NOON)


@pytest.fixture
def joined(market):
    return node_for(make.machine(gpus=0, state="offline"))


@pytest.mark.parametrize(
    ("version", "least", "served"),
    [
        ("0.1.0", "", True),
        ("anything", "", True),
        ("0.1.0", "0.1.0", True),
        ("0.1", "0.1.0", True),
        ("0.10.0", "0.9", True),
        ("1.0rc1", "0.9", True),
        ("0.9.9", "0.10", False),
        ("0.1.0", "0.1.1", False),
        ("anything", "0.1", False),
    ],
)
def test_versions_are_compared_by_their_numbers(settings, version, least, served):
    settings.MIN_AGENT_VERSION = least
    if served:
        versions.require_served(version)
        return
    with pytest.raises(AgentTooOld, match="upgrade straits-node and restart it"):
        versions.require_served(version)


def test_an_old_agent_is_refused_and_nothing_moves(client, joined, settings):
    node, key = joined
    settings.MIN_AGENT_VERSION = "1.2"

    def call():
        return signed_post(client, "heartbeat", beat("GPU-aaaa"), key=key, key_id=node.public_id)

    assert refusal(call) == (426, "agent-too-old")
    settings.MIN_AGENT_VERSION = "1.0"
    assert call().status_code == 200


def test_an_old_agent_does_not_use_up_its_token(client, joined, settings):
    settings.MIN_AGENT_VERSION = "1.2"
    key = Ed25519PrivateKey.generate()
    token = gateway.issue_token(machine=make.machine(gpus=0), by=None, at=NOON)

    def call():
        return signed_post(client, "enrol", enrolment(token, key), key=key, key_id="enrol")

    assert refusal(call) == (426, "agent-too-old")
    settings.MIN_AGENT_VERSION = ""
    assert call().status_code == 200


def test_usage_is_taken_from_an_old_agent(client, joined, settings):
    node, key = joined
    settings.MIN_AGENT_VERSION = "9"
    answer = signed_post(client, "usage", USAGE, key=key, key_id=node.public_id)
    assert answer.json() == {"stored": [], "unknown": [1]}


def test_an_agent_hears_which_version_is_recommended(client, joined, settings):
    node, key = joined
    settings.RECOMMENDED_AGENT_VERSION = "2.0"
    answer = signed_post(client, "heartbeat", beat("GPU-aaaa"), key=key, key_id=node.public_id)
    assert answer.json()["recommended_version"] == "2.0"
