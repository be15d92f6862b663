"""Bodies that are broken: the answer names the place, and nothing moved."""

import pytest

from tests import make
from tests.agents.gateway.signed import beat, node_for, problem, raw, refusal, signed_post, world

pytestmark = pytest.mark.django_db
MESSAGE = beat("GPU-aaaa")
GPU = {"uuid": "GPU-aaaa", "index": 0, "name": "NVIDIA H100", "memory_bytes": 1}
INVENTORY = {"simulated": False, "driver_version": "1", "cuda_version": "1", "gpus": [GPU]}
REPORT = {
    "assignment": "00000000-0000-0000-0000-000000000001",
    "generation": 1,
    "state": "running",
}


@pytest.fixture
def joined(db):
    return node_for(make.machine(gpus=0, state="offline"))


@pytest.fixture
def node(joined):
    return joined[0]


@pytest.fixture
def key(joined):
    return joined[1]


@pytest.mark.parametrize("path", ["enrol", "heartbeat", "usage"])
def test_a_body_that_is_too_large(path, client, node, key):
    call = lambda: signed_post(client, path, b" " * 1_000_001, key=key, key_id=node.public_id)  # noqa: E731
    assert refusal(call) == (413, "too-large")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
@pytest.mark.parametrize("path", ["enrol", "heartbeat", "usage"])
def test_a_body_that_is_not_json(body, path, client, node, key):
    call = lambda: signed_post(client, path, body, key=key, key_id=node.public_id)  # noqa: E731
    assert refusal(call) == (400, "malformed")


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("colour", {"colour": "blue"}),
        ("boot_id", {"boot_id": "yesterday"}),
        ("seq", {"seq": -1}),
        ("seq", {"seq": 2**63}),
        ("agent_version", {"agent_version": "1" * 41}),
        ("inventory_digest", {"inventory_digest": "A" * 64}),
        ("inventory.gpus.0.uuid", {"inventory": {**INVENTORY, "gpus": [{**GPU, "uuid": "0"}]}}),
        ("inventory.gpus.0.name", {"inventory": {**INVENTORY, "gpus": [{**GPU, "name": "\0"}]}}),
        (
            "inventory.gpus.0.memory_bytes",
            {"inventory": {**INVENTORY, "gpus": [{**GPU, "memory_bytes": 2**63}]}},
        ),
        ("inventory.gpus", {"inventory": {**INVENTORY, "gpus": [GPU] * 65}}),
        ("assignments", {"assignments": [REPORT] * 257}),
        ("assignments.0.state", {"assignments": [{**REPORT, "state": "sold"}]}),
        ("assignments.0.exit_code", {"assignments": [{**REPORT, "exit_code": 2**31}]}),
        ("assignments.0.detail", {"assignments": [{**REPORT, "detail": "x" * 501}]}),
        (
            "assignments.0.started_at",
            {"assignments": [{**REPORT, "started_at": "2026-11-24T12:00:00"}]},
        ),
    ],
)
def test_a_wrong_field_of_a_heartbeat_is_named(field, changes, client, node, key):
    before = world()
    answer = signed_post(
        client, "heartbeat", raw(MESSAGE, **changes), key=key, key_id=node.public_id
    )
    assert problem(answer) == (422, "invalid")
    assert answer.json()["detail"].startswith(f"{field}: ")
    assert world() == before


def test_a_lone_surrogate_is_no_text(client, key):
    body = b'{"token": "\\ud800", "public_key": "", "agent_version": "1"}'
    assert refusal(lambda: signed_post(client, "enrol", body, key=key, key_id="enrol")) == (
        400,
        "malformed",
    )


@pytest.mark.parametrize("path", ["enrol", "heartbeat", "usage"])
def test_only_post_is_taken(path, client, db):
    answer = client.get(f"/agent/v1/{path}")
    assert problem(answer) == (405, "not-post")
    assert answer["Allow"] == "POST"
