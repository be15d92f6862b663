"""A node agent as the tests play it: it signs like the real one and can be made to misbehave."""

import json
from datetime import timedelta
from itertools import count

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from agents.gateway import services as gateway
from agents.gateway.models import EnrolmentToken, Node, NodeBoot, NodeKey
from agents.protocol import evidence, signing
from agents.protocol.messages import (
    Enrol,
    GpuReport,
    Heartbeat,
    InventoryReport,
    SegmentReport,
    UsageBatch,
    inventory_digest,
)
from marketplace.brokerage.models import Assignment, Lease, Reservation
from marketplace.catalog import liveness
from marketplace.catalog.models import Gpu, Machine
from marketplace.core.models import AuditEvent
from marketplace.metering.models import Segment
from tests.make import BOOT, NOON

H100 = "NVIDIA H100 80GB HBM3"
MEMORY = 85_520_809_984
#: messages of a node rise
numbers = count(1)
#: of an assignment that is nobody's
USAGE = UsageBatch(
    boot_id=BOOT,
    segments=(
        SegmentReport(
            assignment=BOOT,
            seq=1,
            start=NOON - timedelta(minutes=1),
            end=NOON,
            mono_ms=60_000,
            gpu_uuids=("GPU-aaaa",),
        ),
    ),
)


def signed_post(client, path, message, *, key, key_id, at=NOON):
    """POST a message (or raw bytes) to /agent/v1/<path>, signed at this moment."""
    if isinstance(message, UsageBatch):
        message = signed_batch(message, key)
    body = message if isinstance(message, bytes) else message.model_dump_json().encode()
    headers = signing.sign(
        method="POST",
        url=f"{settings.PUBLIC_URL}/agent/v1/{path}",
        body=body,
        key=key,
        key_id=str(key_id),
        at=at,
    )
    return post(client, path, body, headers)


def signed_batch(batch, key):
    """Each segment under the node's signature, unless it has one."""
    segments = tuple(
        each if each.signature else each.model_copy(update={"signature": _sign(each, batch, key)})
        for each in batch.segments
    )
    return batch.model_copy(update={"segments": segments})


def _sign(segment, batch, key):
    return evidence.sign({**segment.model_dump(), "boot_id": batch.boot_id}, key)


def post(client, path, body, headers):
    return client.post(
        f"/agent/v1/{path}", body, content_type="application/json", headers=dict(headers)
    )


def public(key):
    return key.public_key().public_bytes_raw().hex()


def enrolment(token, key):
    return Enrol(token=token, public_key=public(key), agent_version="1.0")


def node_for(machine, *, at=NOON):
    """A node that joined in the ordinary way, and its private key."""
    key = Ed25519PrivateKey.generate()
    token = gateway.issue_token(machine=machine, by=None, at=at)
    return gateway.enrol(message=enrolment(token, key), at=at), key


def inventory(*uuids, **facts):
    gpus = tuple(
        GpuReport(uuid=uuid, index=place, name=H100, memory_bytes=MEMORY)
        for place, uuid in enumerate(uuids)
    )
    known = {"simulated": False, "driver_version": "570.133.20", "cuda_version": "12.8"}
    return InventoryReport(gpus=gpus, **{**known, **facts})


def beat(*uuids, full=True, seq=None, **facts):
    """A heartbeat of a machine with these GPUs, with or without its inventory."""
    report = inventory(*uuids)
    known = {
        "boot_id": BOOT,
        "seq": next(numbers) if seq is None else seq,
        "agent_version": "1.0",
        "inventory_digest": inventory_digest(report),
        "inventory": report if full else None,
    }
    return Heartbeat(**{**known, **facts})


def raw(message, **changes):
    """The message's JSON with some fields changed past its own checks."""
    return json.dumps({**message.model_dump(mode="json"), **changes}).encode()


def world():
    """Everything that an agent's request could move; equal before and after a refusal."""
    kept = (Machine, Gpu, Node, NodeKey, NodeBoot, EnrolmentToken, Reservation, Assignment, Lease)
    kept += (Segment, AuditEvent)
    rows = {model.__name__: list(model.objects.order_by("pk").values()) for model in kept}
    machines = [row["id"] for row in rows["Machine"]]
    return rows, liveness.last_seen(machine_ids=machines)


def problem(answer):
    """Status and slug of a problem, checked for its form."""
    told = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert told["status"] == answer.status_code
    assert told["title"]
    assert told["detail"]
    return answer.status_code, told["type"].removeprefix("/problems/")


def refusal(call):
    """Status and slug of the answer; asserts that nothing moved."""
    before = world()
    answer = call()
    assert world() == before
    return problem(answer)
