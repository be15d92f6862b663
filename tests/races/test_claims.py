"""One GPU, two machines: whoever loses is suspended, and what happens without the constraint."""

import pytest
from django.core.management import call_command
from django.db import connection

from marketplace.catalog import services as catalog
from marketplace.catalog.models import BoardClaim, Gpu, Machine
from marketplace.catalog.trust import services as trust
from tests import make
from tests.catalog.hardware import DRIVER, H100, gpu, report
from tests.make import NOON
from tests.race import together

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 4


@pytest.fixture
def machines(db):
    call_command("load_reference", verbosity=0)
    return [make.machine(gpus=0) for _ in range(MANY)]


def inventory():
    facts = catalog.GpuFacts(uuid="GPU-0000", index=0, name=H100, memory_bytes=85_520_809_984)
    return catalog.Inventory(
        simulated=False, driver_version=DRIVER, cuda_version="12.8", gpus=(facts,), digest="x"
    )


def report_inventories(machines):
    told = inventory()
    return together(
        *[
            lambda machine=machine: catalog.record_inventory(
                machine=machine, inventory=told, at=NOON
            )
            for machine in machines
        ]
    )


def report_boards(machines):
    calls = []
    for place, machine in enumerate(machines):
        one = gpu(place, serial="16542230000")
        make.gpu(machine, uuid=one.uuid, nvml_name=one.name)
        calls.append(
            lambda machine=machine, one=one: trust.take_report(
                machine=machine, report=report(one), at=NOON
            )
        )
    return together(*calls)


def test_one_uuid_reported_by_four_machines_at_once_stays_on_one(machines):
    outcome = report_inventories(machines)
    assert [type(one) for one in outcome].count(catalog.DuplicateGpu) == MANY - 1
    first = Gpu.objects.get(uuid="GPU-0000", present=True).machine
    states = dict(Machine.objects.values_list("pk", "state"))
    assert states.pop(first.pk) == "online"
    assert set(states.values()) == {"suspended"}


def test_control_without_the_constraint_it_is_on_all(machines):
    """If this leaves it on one, the race above proves nothing."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX gpu_uuid_once")
    try:
        assert report_inventories(machines) == [None] * MANY
        assert Gpu.objects.filter(uuid="GPU-0000", present=True).count() == MANY
    finally:
        Gpu.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("CREATE UNIQUE INDEX gpu_uuid_once ON catalog_gpu (uuid) WHERE present")


def test_one_board_reported_by_four_machines_at_once_stays_on_one(machines):
    outcome = report_boards(machines)
    assert [type(one) for one in outcome].count(trust.DuplicateBoard) == MANY - 1
    assert Machine.objects.filter(state="suspended").count() == MANY - 1
    assert BoardClaim.objects.get().machine.state == "online"


def test_control_without_the_constraint_all_have_the_board(machines):
    """If this leaves it on one, the race above proves nothing."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX board_serial_once")
    try:
        assert all(one.passed for one in report_boards(machines))
        assert BoardClaim.objects.count() == MANY
    finally:
        BoardClaim.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("CREATE UNIQUE INDEX board_serial_once ON catalog_boardclaim (serial)")
