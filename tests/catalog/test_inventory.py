import pytest
from django.db import IntegrityError, transaction

from marketplace.catalog import services as catalog
from marketplace.catalog.models import Gpu, Offer
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.django_db
H100 = "NVIDIA H100 80GB HBM3"


def report(*uuids, simulated=False, name=H100):
    gpus = tuple(
        catalog.GpuFacts(uuid=uuid, index=place, name=name, memory_bytes=85_520_809_984)
        for place, uuid in enumerate(uuids)
    )
    return catalog.Inventory(
        simulated=simulated,
        driver_version="570.133.20",
        cuda_version="12.8",
        gpus=gpus,
        digest="-".join(uuids),
    )


@pytest.fixture
def machine(market):
    return make.machine(gpus=0)


def record(machine, inventory):
    catalog.record_inventory(machine=machine, inventory=inventory, at=NOON)


def test_reported_gpus_are_listed_with_their_chip(machine):
    record(machine, report("GPU-a", "GPU-b"))
    machine.refresh_from_db()
    assert [(g.uuid, g.index, g.chip.export_class) for g in machine.gpus.order_by("index")] == [
        ("GPU-a", 0, "3A090.a"),
        ("GPU-b", 1, "3A090.a"),
    ]
    assert (machine.inventory_hash, machine.inventory_at) == ("GPU-a-GPU-b", NOON)


def test_a_gpu_that_is_gone_cannot_be_rented_and_may_come_back(machine):
    record(machine, report("GPU-a", "GPU-b"))
    record(machine, report("GPU-a"))
    assert [gpu.uuid for gpu in Gpu.objects.rentable()] == ["GPU-a"]
    record(machine, report("GPU-a", "GPU-b"))
    assert Gpu.objects.rentable().count() == 2


def test_an_unknown_name_is_kept_but_cannot_be_rented(machine):
    record(machine, report("GPU-a", name="NVIDIA Mystery 9000"))
    assert Gpu.objects.get().chip is None
    assert not Gpu.objects.rentable().exists()


def test_a_uuid_on_two_machines_is_refused_and_nothing_changes(machine):
    record(machine, report("GPU-a"))
    clone = make.machine(gpus=0)
    with pytest.raises(catalog.DuplicateGpu):
        record(clone, report("GPU-new", "GPU-a"))
    clone.refresh_from_db()
    assert not clone.gpus.exists()
    assert clone.inventory_hash == ""


def test_simulated_gpus_are_refused_where_they_are_not_allowed(machine, settings):
    settings.SIMULATED_GPUS = False
    with pytest.raises(catalog.SimulatedRefused):
        record(machine, report("GPU-a", simulated=True))
    assert not Gpu.objects.exists()


def test_simulated_gpus_stay_marked(machine):
    record(machine, report("GPU-a", simulated=True))
    machine.refresh_from_db()
    assert machine.simulated


def test_a_new_price_is_a_new_offer_and_the_old_one_is_withdrawn(machine):
    record(machine, report("GPU-a"))
    chip = Gpu.objects.get().chip
    first = catalog.list_offer(
        machine=machine, chip=chip, price_micro_per_gpu_hour=2_000_000, at=NOON
    )
    second = catalog.list_offer(
        machine=machine, chip=chip, price_micro_per_gpu_hour=3_000_000, at=NOON
    )
    first.refresh_from_db()
    assert (first.state, first.price_micro_per_gpu_hour) == ("withdrawn", 2_000_000)
    assert list(Offer.objects.listed()) == [second]


def test_nothing_is_offered_that_is_not_there(machine):
    with pytest.raises(catalog.NothingToOffer):
        catalog.list_offer(machine=machine, chip=make.chip(), price_micro_per_gpu_hour=1, at=NOON)
    assert not Offer.objects.exists()


def test_the_database_refuses_a_price_of_nothing(machine):
    record(machine, report("GPU-a"))
    with pytest.raises(IntegrityError, match="offer_price_positive"), transaction.atomic():
        make.offer(machine=machine, price_micro=0)
