"""Enrolment over HTTP: signed with the very key that the message brings."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client

from agents.gateway import services as gateway
from agents.gateway import throttle
from agents.protocol import signing
from tests import make
from tests.agents.gateway.signed import enrolment, post, problem, refusal, signed_post, world
from tests.make import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(db):
    return make.machine(gpus=0)


@pytest.fixture
def token(machine):
    return gateway.issue_token(machine=machine, by=None, at=NOON)


@pytest.fixture
def key():
    return Ed25519PrivateKey.generate()


def test_a_wrong_token_is_refused_and_the_right_one_stays_good(client, machine, token, key):
    wrong = enrolment(token[:-1] + ("A" if token[-1] != "A" else "B"), key)
    call = lambda: signed_post(client, "enrol", wrong, key=key, key_id="enrol")  # noqa: E731
    assert refusal(call) == (403, "bad-token")
    right = signed_post(client, "enrol", enrolment(token, key), key=key, key_id="enrol")
    assert right.status_code == 200
    node = machine.nodes.get()
    assert right.json() == {
        "node": str(node.public_id),
        "machine": str(machine.public_id),
        "server_time": "2026-11-24T12:00:00Z",
        "next_heartbeat_s": 30,
        "grant_key": gateway.public_key(),
    }


def test_a_lost_answer_can_be_asked_for_again_and_a_copy_of_the_request_cannot(client, token, key):
    message = enrolment(token, key)
    body = message.model_dump_json().encode()
    url = "http://testserver/agent/v1/enrol"
    headers = signing.sign(method="POST", url=url, body=body, key=key, key_id="enrol", at=NOON)
    first = post(client, "enrol", body, headers)
    again = signed_post(client, "enrol", message, key=key, key_id="enrol")
    assert again.json() == first.json()
    assert refusal(lambda: post(client, "enrol", body, headers)) == (401, "replayed")


def test_nobody_enrols_with_a_key_that_is_not_theirs(client, token, key):
    message = enrolment(token, Ed25519PrivateKey.generate())
    call = lambda: signed_post(client, "enrol", message, key=key, key_id="enrol")  # noqa: E731
    assert refusal(call) == (401, "bad-signature")


def test_an_answer_never_repeats_a_secret(client, key):
    body = b'{"token": 7, "public_key": "secret-key", "agent_version": "secret-version"'
    for end in (b"}", b', "token": "secret-token"}', b""):
        answer = signed_post(client, "enrol", body + end, key=key, key_id="enrol")
        assert answer.status_code in (400, 422)
        assert b"secret" not in answer.content


def test_guessing_tokens_is_slowed_down(client, token, key):
    wrong = enrolment("straits_enrol_guess", key)
    for _ in range(throttle.TRIES):
        assert signed_post(client, "enrol", wrong, key=key, key_id="enrol").status_code == 403
    right = enrolment(token, key)
    before = world()
    answer = signed_post(client, "enrol", right, key=key, key_id="enrol")
    assert problem(answer) == (429, "too-often")
    assert answer["Retry-After"] == "60"
    assert world() == before
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert signed_post(elsewhere, "enrol", right, key=key, key_id="enrol").status_code == 200
