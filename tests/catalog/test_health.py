"""Health reports: what they move, what moves once, and how a GPU comes back."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from marketplace.catalog import services as catalog
from marketplace.catalog.health import services as health
from marketplace.catalog.health.services import Event, NotMended, Report
from marketplace.catalog.models import (
    Gpu,
    GpuEvent,
    HealthChange,
    MachineReading,
    Telemetry,
    Trust,
)
from marketplace.core.models import AuditEvent
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
BOOT, OTHER_BOOT = "b1", "b2"
SPOOL = UUID(int=1)


@pytest.fixture
def offer(db):
    return make.offer(gpus=2)


@pytest.fixture
def machine(offer):
    return offer.machine


@pytest.fixture
def gpus(machine):
    return list(machine.gpus.order_by("index"))


@pytest.fixture
def tell(machine, gpus):
    """Send a report; keyword `of` gives readings by the place of the GPU."""

    def tell(minutes, *events, of=None, boot=BOOT, before=None, at=None, gone=(), **more):
        of = of or {}
        readings = {
            gpu.uuid: of.get(place, {}) for place, gpu in enumerate(gpus) if place not in gone
        }
        read_at = NOON + minutes * MINUTE
        report = Report(boot, read_at, before, readings, events, **more)
        return health.record(machine=machine, report=report, at=at or read_at)

    return tell


def xid(gpu, number, *, seq=1, at=NOON, boot=SPOOL):
    return Event(boot_id=boot, seq=seq, uuid=gpu.uuid, xid=number, at=at)


def stand(gpu):
    gpu.refresh_from_db()
    return gpu.health, gpu.fault, gpu.fit


def on_market(offer):
    offer.refresh_from_db()
    return offer.gpus, Gpu.objects.rentable().count()


def test_healthy_gpus_stay_on_the_market(tell, offer, gpus):
    offer.save(update_fields=["gpus"])
    tell(0, of={0: {"gpu_percent": 98, "temperature_c": 80}})
    assert on_market(offer) == (2, 2)
    assert not HealthChange.objects.exists()
    assert MachineReading.objects.get().gpus[gpus[0].uuid] == {
        "gpu_percent": 98,
        "temperature_c": 80,
    }


def test_a_lost_gpu_leaves_the_market_and_the_others_do_not(tell, offer, gpus):
    tell(0)
    tell(5, of={0: {"lost": True}}, before=NOON + 4 * MINUTE)
    assert stand(gpus[0]) == ("failed", "lost", False)
    assert stand(gpus[1]) == ("ok", "", True)
    assert on_market(offer) == (1, 1)
    change = HealthChange.objects.get()
    assert (change.was, change.became, change.rule) == ("ok", "failed", "lost")
    assert (change.since, change.found_at) == (NOON + 4 * MINUTE, NOON + 5 * MINUTE)
    assert change.rules_version == "2026-11-28"


def test_one_that_is_no_longer_reported_fails_at_the_last_reading_of_it(tell, gpus):
    tell(0)
    tell(9, gone=(1,))
    assert stand(gpus[1]) == ("failed", "missing", False)
    assert gpus[1].fault_since == NOON
    tell(10)
    assert stand(gpus[1]) == ("ok", "", True)


def test_an_event_is_stored_and_judged_once(tell, gpus, machine):
    event = xid(gpus[0], 79, at=NOON + 3 * MINUTE)
    assert tell(4, event) == 1
    assert stand(gpus[0]) == ("failed", "xid-79", False)
    assert gpus[0].fault_since == NOON + 3 * MINUTE
    tell(5, boot=OTHER_BOOT)
    assert stand(gpus[0]) == ("ok", "", True), "it was reset by the reboot"
    assert tell(6, event, boot=OTHER_BOOT) == 0
    assert stand(gpus[0]) == ("ok", "", True), "the same event again is no news"
    assert GpuEvent.objects.count() == 1
    assert [each.became for each in HealthChange.objects.order_by("pk")] == ["failed", "ok"]


def test_an_event_counts_from_the_look_before_it(tell, gpus):
    tell(0)
    tell(4, xid(gpus[0], 48, at=NOON + 3 * MINUTE), before=NOON + 2 * MINUTE)
    assert stand(gpus[0])[0] == "failed"
    assert gpus[0].fault_since == NOON + 2 * MINUTE


def test_an_event_that_comes_late_counts_from_when_it_was(tell, gpus):
    """After an outage: readings went on finding nothing that only the event told."""
    tell(0)
    tell(60, xid(gpus[0], 48, at=NOON + 3 * MINUTE), before=NOON + 59 * MINUTE)
    stand(gpus[0])
    assert gpus[0].fault_since == NOON + 3 * MINUTE


def test_a_machine_that_sends_events_without_end_is_not_listened_to(tell, gpus, monkeypatch):
    monkeypatch.setattr(health, "MOST_EVENTS", 2)
    tell(0, xid(gpus[0], 31, seq=1), xid(gpus[0], 31, seq=2))
    assert tell(1, xid(gpus[0], 31, seq=3)) == 0
    assert GpuEvent.objects.count() == 2
    assert tell(24 * 60 + 1, xid(gpus[0], 31, seq=3)) == 1


def test_errors_of_applications_are_kept_and_change_nothing(tell, gpus):
    tell(0, xid(gpus[0], 31), xid(gpus[0], 13, seq=2))
    assert stand(gpus[0]) == ("ok", "", True)
    assert GpuEvent.objects.count() == 2


def test_an_older_report_does_not_replace_a_newer_reading(tell, gpus):
    tell(10, of={0: {"rows_pending": True}})
    tell(5, xid(gpus[1], 63, at=NOON + 5 * MINUTE), at=NOON + 11 * MINUTE)
    assert stand(gpus[0]) == ("degraded", "rows_pending", False)
    assert stand(gpus[1])[:2] == ("degraded", "xid-63"), "its events count all the same"
    assert MachineReading.objects.get().read_at == NOON + 10 * MINUTE


def test_a_clock_that_runs_ahead_does_not_silence_later_reports(tell, gpus):
    tell(600, at=NOON)
    tell(1, of={0: {"lost": True}})
    assert stand(gpus[0])[0] == "failed"


def test_an_xid_of_a_card_is_one_of_its_slices(tell, machine, gpus):
    Gpu.objects.filter(pk__in=[gpu.pk for gpu in gpus]).update(parent_uuid="GPU-card")
    tell(0, Event(UUID(int=1), 1, "GPU-card", 79, NOON))
    assert {stand(gpu)[1] for gpu in gpus} == {"xid-79"}


def test_a_gpu_of_another_machine_is_not_touched(tell):
    other = make.machine().gpus.get()
    tell(0, xid(other, 79))
    assert stand(other) == ("ok", "", True)


def test_what_is_not_well_cannot_be_fit(gpus):
    with pytest.raises(IntegrityError, match="gpu_fit_when_well"), transaction.atomic():
        Gpu.objects.filter(pk=gpus[0].pk).update(health="failed", fault="x", fault_since=NOON)
    with pytest.raises(IntegrityError, match="gpu_fault_named"), transaction.atomic():
        Gpu.objects.filter(pk=gpus[0].pk).update(health="failed", fit=False)


@pytest.mark.parametrize("table", ["catalog_gpuevent", "catalog_healthchange"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_happened_cannot_be_rewritten(tell, gpus, table, sql):
    tell(0, xid(gpus[0], 79))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with (
        pytest.raises(DatabaseError, match=f"on {table} is forbidden"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql.format(table))


def inventory(machine, *, draining):
    facts = [
        catalog.GpuFacts(gpu.uuid, gpu.index, gpu.nvml_name, gpu.memory_bytes)
        for gpu in machine.gpus.order_by("index")
    ]
    return catalog.Inventory(False, "570", "12.8", tuple(facts), f"d{draining}", draining)


def test_a_drained_machine_leaves_the_market_and_comes_back(tell, machine, offer, gpus):
    tell(0, of={0: {"lost": True}})
    catalog.record_inventory(machine=machine, inventory=inventory(machine, draining=True), at=NOON)
    assert on_market(offer) == (0, 0)
    assert stand(gpus[1]) == ("ok", "", False)
    tell(1, boot=OTHER_BOOT)
    assert stand(gpus[0]) == ("ok", "", False), "well again, and still drained"
    catalog.record_inventory(machine=machine, inventory=inventory(machine, draining=False), at=NOON)
    assert on_market(offer) == (2, 2)


def test_a_broken_gpu_stays_away_when_the_draining_ends(tell, machine, offer):
    tell(0, of={0: {"lost": True}})
    for draining in (True, False):
        told = inventory(machine, draining=draining)
        catalog.record_inventory(machine=machine, inventory=told, at=NOON)
    assert on_market(offer) == (1, 1)


@pytest.fixture
def ray(db):
    return make.user("ray@example.test")


def test_after_a_reset_its_provider_puts_it_back(tell, gpus, offer, ray):
    tell(0, xid(gpus[0], 79))
    with pytest.raises(NotMended, match="has not read this GPU since it failed"):
        health.put_back(gpu=gpus[0], by=ray, at=NOON + MINUTE)
    tell(2, of={0: {"lost": True}})
    with pytest.raises(NotMended, match="still finds a fault"):
        health.put_back(gpu=gpus[0], by=ray, at=NOON + 3 * MINUTE)
    assert stand(gpus[0])[0] == "failed"
    tell(4)
    health.put_back(gpu=gpus[0], by=ray, at=NOON + 5 * MINUTE)
    assert stand(gpus[0]) == ("ok", "", True)
    assert on_market(offer) == (2, 2)
    act = AuditEvent.objects.get(verb="put a GPU back")
    assert (act.actor_label, act.detail) == ("ray@example.test", {"fault": "xid-79"})
    with pytest.raises(NotMended, match="is well"):
        health.put_back(gpu=gpus[0], by=ray, at=NOON + 6 * MINUTE)


def owing():
    return [each.owing for each in Trust.objects.all()]


def test_a_gpu_that_comes_back_owes_a_proof(tell, gpus, ray):
    tell(0, xid(gpus[0], 79))
    tell(1, xid(gpus[1], 31, seq=2))
    assert owing() == [], "what is broken is not asked, and errors of applications are no fault"
    health.put_back(gpu=gpus[0], by=ray, at=NOON + 2 * MINUTE)
    assert owing() == [[gpus[0].uuid]]
    tell(3, of={1: {"rows_pending": True}})
    tell(4)
    assert owing() == [sorted(gpu.uuid for gpu in gpus)], "also by a clean reading"


def test_what_must_be_replaced_only_staff_put_back(tell, gpus, ray, sally):
    tell(0, of={0: {"rows_failed": True}})
    tell(1)
    with pytest.raises(NotMended, match="ask us to put it back"):
        health.put_back(gpu=gpus[0], by=ray, at=NOON + MINUTE)
    health.put_back(gpu=gpus[0], by=sally, at=NOON + MINUTE, as_staff=True)
    assert stand(gpus[0]) == ("ok", "", True)


def test_telemetry_is_a_row_for_a_machine_and_a_stretch(tell, gpus, machine):
    load = {gpus[0].uuid: {"samples": 5, "gpu_percent": 40}}
    more = {gpus[0].uuid: {"samples": 9, "gpu_percent": 60}}
    tell(2, since=NOON, averages=load)
    tell(2, since=NOON, averages=load)
    tell(5, since=NOON, averages=more)
    tell(3, since=NOON, averages=load)
    tell(10, since=NOON + 5 * MINUTE, averages=load)
    rows = list(health.readings(machines=[machine], start=NOON, end=NOON + 5 * MINUTE))
    assert [(row.start, row.end, row.gpus) for row in rows] == [(NOON, NOON + 5 * MINUTE, more)]
    assert Telemetry.objects.count() == 2


def test_telemetry_is_forgotten_in_time(tell, gpus):
    tell(5, since=NOON, averages={gpus[0].uuid: {"samples": 1}})
    assert health.prune(at=NOON + health.KEEP) == 0
    assert health.prune(at=NOON + health.KEEP + 6 * MINUTE) == 1
