"""MIG slices on the market: each is reserved by its own UUID, under the chip that slices have."""

import itertools
from datetime import timedelta

import pytest

from agents.gateway import problems
from agents.protocol.messages import GpuReport, InventoryReport, inventory_digest
from marketplace.brokerage.models import Lease
from marketplace.catalog.models import Gpu
from tests import make
from tests.agents.gateway.signed import beat, node_for, signed_post
from tests.make import NOON

pytestmark = pytest.mark.django_db
NAME = "NVIDIA A100-SXM4-80GB MIG 1g.10gb"


@pytest.fixture(autouse=True)
def _it_is_noon(monkeypatch):
    monkeypatch.setattr(problems, "now", lambda: NOON)


@pytest.fixture
def slices(client, market):
    """A machine that reported an A100 in seven slices."""
    machine = make.machine(gpus=0, state="offline")
    node, key = node_for(machine)
    gpus = tuple(
        GpuReport(
            uuid=f"MIG-{place}", index=100 + place, name=NAME, memory_bytes=10 << 30, parent="GPU-a"
        )
        for place in range(7)
    )
    report = InventoryReport(
        simulated=False, driver_version="570.133.20", cuda_version="12.8", gpus=gpus
    )
    numbers = itertools.count(1)

    def send():
        known = {"inventory": report, "inventory_digest": inventory_digest(report)}
        message = beat(seq=next(numbers), **known)
        return signed_post(client, "heartbeat", message, key=key, key_id=node.public_id).json()

    return machine, send


def test_a_slice_that_nobody_classified_is_kept_and_cannot_be_rented(slices):
    machine, send = slices
    send()
    assert set(machine.gpus.values_list("parent_uuid", "chip")) == {("GPU-a", None)}
    assert Gpu.objects.rentable().count() == 0


def test_two_slices_of_seven_are_leased_by_their_uuids(slices, harbour):
    machine, send = slices
    chip = make.chip("A100 80GB, 1g.10gb", nvml_names=[NAME], memory_gb=10)
    send()
    assert Gpu.objects.rentable().count() == 7
    make.funded(harbour, 10_000_000)
    offer = make.offer(machine=machine, chip=chip)
    make.reservation(harbour, offer, gpus=2, start=NOON + timedelta(minutes=1))
    leased = set(Lease.objects.values_list("gpu__uuid", flat=True))
    [told] = send()["desired"]
    assert set(told["gpu_uuids"]) == leased
    assert len(leased) == 2
    assert all(uuid.startswith("MIG-") for uuid in leased)
