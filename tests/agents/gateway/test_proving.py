"""What a machine shows of itself, over HTTP, signed as the agent signs it."""

import pytest

from agents.gateway import throttle
from marketplace.catalog.models import HardwareFacts, Machine, TrustEvidence
from tests import make
from tests.agents.gateway.signed import node_for, problem, signed_post
from tests.catalog.hardware import gpu, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(market):
    made = make.machine(gpus=0)
    for place in range(2):
        make.gpu(made, uuid=gpu(place).uuid, nvml_name=gpu(place).name, index=place)
    return made


@pytest.fixture
def send(client, machine):
    """Post as the node of `machine`."""
    node, key = node_for(machine)
    return lambda path, message: signed_post(client, path, message, key=key, key_id=node.public_id)


def test_a_node_learns_where_its_machine_stands(send):
    told = send("hardware", report()).json()
    assert (told["tier"], told["next_report_s"]) == ("consistent", 6 * 3600)
    assert told["missing"] == [
        "no computing challenge was answered in time yet; the agent is asked at random times"
        " while its GPUs are free"
    ]


def test_a_node_learns_what_contradicts(send):
    told = send("hardware", report(gpu(0), gpu(1, pci_device="10de:1eb8"))).json()
    assert told["tier"] == "unverified"
    assert len(told["missing"]) == 1
    assert "its PCI id is 10de:1eb8, that card's is 10de:2330" in told["missing"][0]


def test_a_board_of_another_machine_is_refused(send, client):
    other = make.machine(gpus=0)
    make.gpu(other, uuid="GPU-9", nvml_name=gpu().name)
    node, key = node_for(other)
    twice = report(gpu(uuid="GPU-9"))
    assert send("hardware", report()).status_code == 200
    answer = signed_post(client, "hardware", twice, key=key, key_id=node.public_id)
    assert problem(answer) == (409, "duplicate-gpu")
    other.refresh_from_db()
    assert other.state == "suspended"


def test_a_retired_machine_shows_nothing_more(send, machine):
    Machine.objects.update(state="retired")
    assert problem(send("hardware", report())) == (410, "machine-retired")
    assert not TrustEvidence.objects.exists()


def test_strangers_show_nothing(client, machine):
    node, _ = node_for(machine)
    _, another = node_for(make.machine(gpus=0))
    answer = signed_post(client, "hardware", report(), key=another, key_id=node.public_id)
    assert problem(answer) == (401, "bad-signature")
    assert not TrustEvidence.objects.exists()


def test_a_node_that_reports_without_end_is_told_to_wait(send, monkeypatch):
    monkeypatch.setitem(throttle.PROOFS, "hardware", 2)
    assert [send("hardware", report()).status_code for _ in range(2)] == [200, 200]
    answer = send("hardware", report())
    assert problem(answer) == (429, "too-many-proofs")
    assert answer["Retry-After"] == "3600"
    assert HardwareFacts.objects.count() == 2
