"""Health reports and the sweep that acts on them, under threads: judged once, ended once."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db.models import QuerySet

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Reservation
from marketplace.catalog.health import services as health
from marketplace.catalog.health.services import Event, Report
from marketplace.catalog.models import GpuEvent, HealthChange, MachineReading
from marketplace.core.states import IllegalMove, LostRace
from tests import make
from tests.make import NOON
from tests.race import together, wait_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)


def report(machine, *, lost=0, minutes=1):
    gpus = list(machine.gpus.order_by("index"))
    readings = {gpu.uuid: {"lost": place == lost} for place, gpu in enumerate(gpus)}
    events = [Event(UUID(int=1), 1, gpus[lost].uuid, 79, NOON)]
    return Report("boot", NOON + minutes * MINUTE, NOON, readings, events)


def race(machine, count=8):
    """The very same report from many workers at the same instant."""
    said = report(machine)
    return together(
        *[lambda: health.record(machine=machine, report=said, at=NOON + MINUTE)] * count
    )


def test_one_report_at_eight_workers_is_judged_once(db):
    machine = make.machine(gpus=2)
    assert sorted(race(machine)) == [0] * 7 + [1]
    assert GpuEvent.objects.count() == 1
    assert MachineReading.objects.count() == 1
    change = HealthChange.objects.get()
    assert (change.became, change.rule, change.since) == ("failed", "lost", NOON)


def test_control_without_the_machines_lock_workers_meet(db, monkeypatch):
    """If all of them get through alike without the lock, the race above proves nothing."""
    machine = make.machine(gpus=2)
    looked = health._store_events

    def until_somebody_else_stores_it(*arguments):
        found = looked(*arguments)
        wait_for_a_lock()
        return found

    monkeypatch.setattr(health, "_store_events", until_somebody_else_stores_it)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    outcome = race(machine)
    assert any(isinstance(one, Exception) for one in outcome), "the event is stored twice"


@pytest.fixture
def rental(market, harbour):
    make.funded(harbour, 10_000_000)
    made = make.reservation(harbour, make.offer(gpus=2), gpus=2)
    make.started(made)
    return made


def test_eight_sweeps_and_the_renter_end_it_once(rental):
    machine = rental.assignments.get().machine
    health.record(machine=machine, report=report(machine, minutes=5), at=NOON + 5 * MINUTE)

    def sweep():
        for row in brokerage.unfit(at=NOON + 6 * MINUTE):
            brokerage.interrupt(reservation=row, at=NOON + 6 * MINUTE)

    def stop():
        row = Reservation.objects.get(pk=rental.pk)
        brokerage.stop(reservation=row, by=None, at=NOON + 6 * MINUTE)

    outcome = together(*[sweep] * 8, stop)
    assert all(one is None or isinstance(one, IllegalMove | LostRace) for one in outcome), outcome
    rental.refresh_from_db()
    assert rental.state == "ended"
    ends = set(Lease.objects.values_list("state", "ended_at"))
    assert ends == {("ended", rental.ended_at)}
    by_renter = rental.reason == "stopped by the renter"
    assert rental.ended_at == (NOON + 6 * MINUTE if by_renter else NOON)
    assert rental.assignments.get().generation == 2
