"""Agents' requests that are forged, changed, repeated, late or broken: told why, nothing moved."""

from datetime import timedelta

import pytest
import redis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agents.gateway import authentication, problems
from agents.gateway import services as gateway
from agents.protocol import signing
from tests import make
from tests.agents.gateway.signed import (
    USAGE,
    beat,
    enrolment,
    node_for,
    post,
    problem,
    refusal,
    signed_batch,
    signed_post,
    world,
)
from tests.make import NOON

pytestmark = pytest.mark.django_db
HEARTBEAT = "http://testserver/agent/v1/heartbeat"
MINUTE = timedelta(minutes=1)
MESSAGE = beat("GPU-aaaa")
BODY = MESSAGE.model_dump_json().encode()


@pytest.fixture(autouse=True)
def _it_is_noon(monkeypatch):
    monkeypatch.setattr(problems, "now", lambda: NOON)


@pytest.fixture
def machine(market):
    return make.machine(gpus=0, state="offline")


@pytest.fixture
def joined(machine):
    return node_for(machine)


@pytest.fixture
def node(joined):
    return joined[0]


@pytest.fixture
def key(joined):
    return joined[1]


@pytest.fixture
def signature(node, key):
    """Headers that sign BODY for the heartbeat's address at NOON."""
    return signing.sign(
        method="POST", url=HEARTBEAT, body=BODY, key=key, key_id=str(node.public_id), at=NOON
    )


def test_control_the_untouched_request_is_taken(client, machine, signature):
    """If this is refused too, the refusals below prove nothing."""
    before = world()
    assert post(client, "heartbeat", BODY, signature).status_code == 200
    assert world() != before


def test_a_changed_body(client, signature):
    changed = BODY.replace(b"GPU-aaaa", b"GPU-aaab")
    assert refusal(lambda: post(client, "heartbeat", changed, signature)) == (401, "bad-signature")


def test_a_changed_body_with_its_own_digest(client, signature, node, key):
    changed = BODY.replace(b"GPU-aaaa", b"GPU-aaab")
    stranger = Ed25519PrivateKey.generate()
    forged = signing.sign(
        method="POST", url=HEARTBEAT, body=changed, key=stranger, key_id="x", at=NOON
    )
    mixed = {**signature, "Content-Digest": forged["Content-Digest"]}
    assert refusal(lambda: post(client, "heartbeat", changed, mixed)) == (401, "bad-signature")


@pytest.mark.parametrize("place", ["usage", "heartbeat?fast=1"])
def test_a_signature_for_another_address(place, client, signature):
    assert refusal(lambda: post(client, place, BODY, signature)) == (401, "bad-signature")


def test_the_host_header_does_not_decide_what_was_signed(client, signature, settings):
    settings.PUBLIC_URL = "https://straits.example"
    call = lambda: post(client, "heartbeat", BODY, signature)  # noqa: E731
    assert refusal(call) == (401, "bad-signature")


def test_another_key(client, node):
    stranger = Ed25519PrivateKey.generate()
    call = lambda: signed_post(client, "heartbeat", MESSAGE, key=stranger, key_id=node.public_id)  # noqa: E731
    assert refusal(call) == (401, "bad-signature")


def test_another_nodes_name(client, node):
    _, other_key = node_for(make.machine(gpus=0))
    call = lambda: signed_post(client, "heartbeat", MESSAGE, key=other_key, key_id=node.public_id)  # noqa: E731
    assert refusal(call) == (401, "bad-signature")


def test_a_node_nobody_knows(client, key):
    call = lambda: signed_post(client, "heartbeat", MESSAGE, key=key, key_id="enrol")  # noqa: E731
    assert refusal(call) == (401, "unknown-node")


def test_a_revoked_node(client, node, key, sally):
    gateway.revoke_node(node=node, by=sally, at=NOON)
    call = lambda: signed_post(client, "heartbeat", MESSAGE, key=key, key_id=node.public_id)  # noqa: E731
    assert refusal(call) == (401, "unknown-node")


def test_no_signature(client, node):
    for path in ("heartbeat", "usage"):
        assert refusal(lambda path=path: post(client, path, BODY, {})) == (401, "bad-signature")


@pytest.mark.parametrize("header", ["Signature", "Signature-Input", "Content-Digest"])
@pytest.mark.parametrize("value", ["", "x", 'straits=("@method")', "=:=", "pyhms=:AAAA:"])
def test_a_broken_signature(header, value, client, signature):
    broken = {**signature, header: value}
    assert refusal(lambda: post(client, "heartbeat", BODY, broken)) == (401, "bad-signature")


@pytest.mark.parametrize("left_out", signing.COVERED)
def test_a_signature_that_does_not_cover_all(left_out, client, node, key, monkeypatch):
    covered = tuple(part for part in signing.COVERED if part != left_out)
    monkeypatch.setattr(signing, "COVERED", covered)
    less = signing.sign(
        method="POST", url=HEARTBEAT, body=b"", key=key, key_id=str(node.public_id), at=NOON
    )
    monkeypatch.undo()
    monkeypatch.setattr(problems, "now", lambda: NOON)
    assert refusal(lambda: post(client, "heartbeat", BODY, less)) == (401, "bad-signature")


def test_the_same_request_twice(client, signature):
    assert post(client, "heartbeat", BODY, signature).status_code == 200
    assert refusal(lambda: post(client, "heartbeat", BODY, signature)) == (401, "replayed")


def test_the_same_usage_twice(client, node, key):
    url, body = (
        "http://testserver/agent/v1/usage",
        signed_batch(USAGE, key).model_dump_json().encode(),
    )
    headers = signing.sign(
        method="POST", url=url, body=body, key=key, key_id=str(node.public_id), at=NOON
    )
    assert post(client, "usage", body, headers).json() == {"stored": [], "unknown": [1]}
    assert refusal(lambda: post(client, "usage", body, headers)) == (401, "replayed")


def test_a_nonce_is_kept_longer_than_its_signature_is_accepted():
    assert authentication.NONCE_KEPT > 2 * signing.CLOCK_WINDOW


def test_a_stranger_leaves_nothing_in_redis(client, node, settings):
    with redis.Redis.from_url(settings.REDIS_URL) as store:
        before = store.dbsize()
        signed_post(
            client,
            "heartbeat",
            MESSAGE,
            key=Ed25519PrivateKey.generate(),
            key_id=node.public_id,
        )
        assert store.dbsize() == before


@pytest.mark.parametrize("seconds", [-61, 61, -86_400, 86_400])
def test_a_wrong_clock_is_told_the_time(seconds, client, node, key):
    at = NOON + timedelta(seconds=seconds)
    before = world()
    answer = signed_post(client, "heartbeat", MESSAGE, key=key, key_id=node.public_id, at=at)
    assert problem(answer) == (401, "clock-skew")
    assert answer.json()["server_time"] == "2026-11-24T12:00:00Z"
    assert world() == before


@pytest.mark.parametrize("seconds", [-60, 60])
def test_a_clock_a_minute_off_is_good_enough(seconds, client, node, key):
    at = NOON + timedelta(seconds=seconds)
    answer = signed_post(client, "heartbeat", MESSAGE, key=key, key_id=node.public_id, at=at)
    assert answer.status_code == 200


def test_a_stranger_is_not_told_the_time(client, node):
    stranger = Ed25519PrivateKey.generate()
    at = NOON + timedelta(hours=1)
    answer = signed_post(client, "heartbeat", MESSAGE, key=stranger, key_id=node.public_id, at=at)
    assert problem(answer) == (401, "bad-signature")
    assert "server_time" not in answer.json()


@pytest.mark.parametrize("path", ["enrol", "heartbeat", "usage"])
def test_without_redis_nobody_is_let_in(path, client, machine, node, key, settings):
    message = {
        "enrol": enrolment(gateway.issue_token(machine=machine, by=None, at=NOON), key),
        "heartbeat": MESSAGE,
        "usage": USAGE,
    }[path]
    before = world()
    url, settings.REDIS_URL = settings.REDIS_URL, "unix:///nowhere/redis.sock"
    answer = signed_post(client, path, message, key=key, key_id=node.public_id)
    settings.REDIS_URL = url
    assert problem(answer) == (503, "unavailable")
    assert answer["Retry-After"] == "5"
    assert "nowhere" not in answer.content.decode()
    assert world() == before
