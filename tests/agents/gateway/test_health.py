"""Health reports through the gateway: signed, checked, exactly once."""

from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agents.gateway import problems
from agents.protocol.health import Average, HealthReport, Reading, XidEvent
from marketplace.catalog.models import GpuEvent, HealthChange, MachineReading, Telemetry
from tests import make
from tests.agents.gateway.signed import node_for, problem, raw, signed_post
from tests.make import BOOT, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _it_is_noon(monkeypatch):
    monkeypatch.setattr(problems, "now", lambda: NOON)


@pytest.fixture
def machine(market):
    return make.machine(gpus=2)


@pytest.fixture
def send(client, machine):
    node, key = node_for(machine)

    def send(message, *, key=key):
        return signed_post(client, "health", message, key=key, key_id=node.public_id)

    return send


def report(machine, **facts):
    uuids = [gpu.uuid for gpu in machine.gpus.order_by("index")]
    known = {
        "kernel_boot": UUID(int=5),
        "read_at": NOON,
        "gpus": (Reading(uuid=uuids[0], lost=True), Reading(uuid=uuids[1], gpu_percent=7)),
        "events": (XidEvent(boot_id=BOOT, seq=1, uuid=uuids[0], xid=79, at=NOON),),
        "since": NOON - timedelta(minutes=5),
        "averages": (Average(uuid=uuids[1], samples=3, gpu_percent=50),),
    }
    return HealthReport(**{**known, **facts})


def kept():
    kinds = (GpuEvent, HealthChange, MachineReading, Telemetry)
    return {kind.__name__: list(kind.objects.values()) for kind in kinds}


def test_a_report_moves_what_it_should_and_once(send, machine):
    answer = send(report(machine))
    assert (answer.status_code, answer.json()) == (200, {"stored": 1})
    first, second = machine.gpus.order_by("index")
    assert (first.health, first.fault, first.fit) == ("failed", "lost", False)
    assert (second.health, second.fit) == ("ok", True)
    assert MachineReading.objects.get().gpus[second.uuid] == {
        "gpu_percent": 7,
        "lost": False,
        "silent": False,
    }
    assert Telemetry.objects.get().gpus == {second.uuid: {"samples": 3, "gpu_percent": 50}}
    before = kept()
    assert send(report(machine)).json() == {"stored": 0}
    assert kept() == before


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"read_at": "yesterday"}, "read_at"),
        ({"gpus": [{"uuid": "x"}]}, "gpus.0.uuid"),
        ({"gpus": [{"uuid": "GPU-a", "gpu_percent": 101}]}, "gpus.0.gpu_percent"),
        ({"events": [{"xid": -1}]}, "events.0"),
        ({"more": 1}, "more"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_moves(send, machine, changes, place):
    before = kept()
    answer = send(raw(report(machine), **changes))
    assert problem(answer) == (422, "invalid")
    assert place in answer.json()["detail"]
    assert kept() == before


def test_a_stranger_moves_nothing(send, machine):
    before = kept()
    answer = send(report(machine), key=Ed25519PrivateKey.generate())
    assert problem(answer) == (401, "bad-signature")
    assert kept() == before


def test_a_node_speaks_of_its_own_gpus_alone(send, machine):
    other = make.machine(gpus=1).gpus.get()
    lost = (Reading(uuid=other.uuid, lost=True), *report(machine).gpus[1:])
    assert send(report(machine, gpus=lost, events=())).status_code == 200
    other.refresh_from_db()
    assert (other.health, other.fit) == ("ok", True)
