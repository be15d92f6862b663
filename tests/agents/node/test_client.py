from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agents.node import identity
from agents.node.client import HEARTBEAT, Client, Refused, Unreachable
from agents.node.clock import Clock
from agents.protocol.messages import Heartbeat, HeartbeatReply

from .build import ONE

BEAT = Heartbeat(boot_id=ONE, seq=1, agent_version="1", inventory_digest="0" * 64)


@pytest.fixture
def client(market):
    made = Client(
        server=market.url, key=Ed25519PrivateKey.generate(), key_id=str(market.node), clock=Clock()
    )
    market.key = made.key.public_key()
    yield made
    made.close()


def post(client):
    return client.post(HEARTBEAT, BEAT, HeartbeatReply, timeout=2)


def test_a_signed_message_is_understood(client, market):
    assert post(client).next_heartbeat_s == market.every
    assert market.heartbeats == [BEAT]


@pytest.mark.parametrize("seconds", [3600, -3600])
def test_a_wrong_clock_is_set_by_the_marketplaces_and_the_message_gets_through(
    client, market, seconds
):
    market.ahead = timedelta(seconds=seconds)
    post(client)
    assert market.paths == [HEARTBEAT, HEARTBEAT]
    assert market.heartbeats == [BEAT]
    assert abs(client.clock.offset() - seconds) < 1
    post(client)
    assert len(market.paths) == 3, "from then on it is right the first time"


def test_a_clock_that_cannot_be_mended_is_tried_once_more_only(client, market):
    told = market.now()
    problem = market._problem(401, "/problems/clock-skew", "x", server_time=told)
    market.odd = problem
    with pytest.raises(Refused):
        post(client)
    assert len(market.paths) == 2


def test_another_key_is_refused(client, market):
    market.key = Ed25519PrivateKey.generate().public_key()
    with pytest.raises(Refused, match="does not fit the request") as refused:
        post(client)
    assert refused.value.problem.status == 401
    assert market.heartbeats == []


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        ((503, {"Retry-After": "7"}, b""), 7.0),
        ((429, {"Retry-After": "99999"}, b""), 600.0),
        ((500, {}, b"<h1>oops</h1>"), 0.0),
        ((502, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, b""), 0.0),
    ],
)
def test_later_means_later(client, market, answer, wait):
    market.odd = answer
    with pytest.raises(Unreachable, match="later") as error:
        post(client)
    assert error.value.retry_after == wait


@pytest.mark.parametrize(
    "answer",
    [
        (200, {}, b"<html>a hotel's network</html>"),
        (200, {}, b'{"server_time": 3}'),
        (302, {"Location": "https://elsewhere.example/"}, b""),
        (404, {}, b"no such page"),
    ],
)
def test_an_answer_that_is_not_of_straits_is_named(client, market, answer):
    market.odd = answer
    with pytest.raises(Unreachable, match=r"not of Straits; check the address"):
        post(client)


def test_a_marketplace_that_is_away_is_unreachable(client, market):
    market.close()
    with pytest.raises(Unreachable, match="does not answer"):
        post(client)


@pytest.mark.parametrize(
    ("given", "form"),
    [
        ("https://straits.example/", "https://straits.example"),
        ("https://straits.example:8443/market", "https://straits.example:8443/market"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_an_address_has_one_form(given, form):
    assert identity.server_address(given) == form


@pytest.mark.parametrize(
    "given",
    [
        "straits.example",
        "ftp://straits.example",
        "https://",
        "https://[straits",
        "https://straits.example:port",
        "https://user:secret@straits.example",
        "https://straits.example/?a=1",
        "http://straits.example",
    ],
)
def test_an_address_that_cannot_be_used_is_refused(given):
    with pytest.raises(identity.BadServer):
        identity.server_address(given)
