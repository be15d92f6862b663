"""A GPU breaks in the middle of a rental: billed to the last look that found it well."""

from datetime import timedelta
from uuid import UUID

import pytest

from marketplace.billing import services as billing
from marketplace.brokerage import services as brokerage
from marketplace.brokerage import tasks
from marketplace.brokerage.models import Lease
from marketplace.catalog.health import services as health
from marketplace.catalog.health.services import Event, Report
from marketplace.metering import services as metering
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
#: of one GPU, in micro-units
PRICE = 2_400_000


@pytest.fixture
def rental(market, harbour):
    make.funded(harbour, 10_000_000)
    made = make.reservation(harbour, make.offer(gpus=2, price_micro=PRICE), gpus=2)
    make.started(made)
    return made


def used(rental, begin, end, *, at=None, **facts):
    [assignment] = rental.assignments.all()
    segment = make.segment(assignment, NOON + begin * MINUTE, NOON + end * MINUTE, **facts)
    arrived = at or NOON + end * MINUTE
    make.accept(machine=assignment.machine, segments=[segment], at=arrived)
    metering.seal(reservation=rental, at=arrived)


def breaks(rental, *, place=0, xid=79, at, found):
    [machine] = {lease.gpu.machine for lease in Lease.objects.all()}
    gpu = machine.gpus.order_by("index")[place]
    event = Event(UUID(int=1), 1, gpu.uuid, xid, NOON + at * MINUTE)
    readings = {each.uuid: {} for each in machine.gpus.all()}
    moment = NOON + found * MINUTE
    report = Report("boot", moment, NOON + at * MINUTE, readings, [event])
    health.record(machine=machine, report=report, at=moment)
    return gpu


def sweep(rental, minutes):
    for row in brokerage.unfit(at=NOON + minutes * MINUTE):
        brokerage.interrupt(reservation=row, at=NOON + minutes * MINUTE)
    rental.refresh_from_db()


def settle(rental):
    billing.settle(reservation=rental, at=NOON + 3 * HOUR)
    rental.refresh_from_db()
    return rental.state, billing.wallet(organisation=rental.renter).posted


def test_what_ran_after_the_gpu_broke_is_not_billed(rental):
    used(rental, 0, 20)
    breaks(rental, at=18, found=20)
    used(rental, 20, 25, at=NOON + 25 * MINUTE)
    sweep(rental, 25)
    assert rental.state == "ended"
    assert rental.ended_at == NOON + 18 * MINUTE
    assert rental.reason == (
        "interrupted: a GPU is out of order, the GPU has fallen off the bus (XID 79)"
    )
    used(rental, 25, 26, final=True)
    assert {metering.covered_ms(lease=lease) for lease in Lease.objects.all()} == {18 * 60_000}
    assert settle(rental) == ("settled", 10_000_000 - 2 * PRICE * 18 // 60)


def test_what_was_charged_beyond_it_goes_back(rental):
    used(rental, 0, 30)
    billing.charge(reservation=rental, at=NOON + 30 * MINUTE)
    breaks(rental, at=18, found=31)
    sweep(rental, 31)
    assert settle(rental) == ("settled", 10_000_000 - 2 * PRICE * 18 // 60)


@pytest.mark.parametrize("xid", [31, 63])
def test_an_error_that_is_not_the_end_interrupts_nothing(rental, xid):
    breaks(rental, xid=xid, at=5, found=5)
    sweep(rental, 6)
    assert (rental.state, rental.reason) == ("active", "")
    assert set(Lease.objects.values_list("state", flat=True)) == {"active"}


def test_a_gpu_that_nobody_leases_interrupts_nobody(market, harbour):
    make.funded(harbour, 10_000_000)
    rental = make.reservation(harbour, make.offer(gpus=2), gpus=1)
    make.started(rental)
    leased = Lease.objects.get().gpu
    breaks(rental, place=1 - leased.index, at=5, found=5)
    sweep(rental, 6)
    assert rental.state == "active"


def test_one_that_was_to_start_on_it_costs_nothing(market, harbour):
    make.funded(harbour, 10_000_000)
    rental = make.reservation(harbour, make.offer(gpus=1), start=NOON + HOUR)
    breaks(rental, xid=63, at=5, found=5)
    sweep(rental, 50)
    assert rental.state == "confirmed", "it may be mended until then"
    sweep(rental, 56)
    assert rental.state == "failed"
    assert rental.reason.startswith("not started: a GPU is out of order, a memory row")
    wallet = billing.wallet(organisation=harbour)
    assert (wallet.posted, wallet.held) == (10_000_000, 0)
    assert set(Lease.objects.values_list("state", flat=True)) == {"released"}


def test_one_that_is_mended_in_time_starts(market, harbour):
    make.funded(harbour, 10_000_000)
    rental = make.reservation(harbour, make.offer(gpus=1), start=NOON + HOUR)
    gpu = breaks(rental, xid=63, at=5, found=5)
    report = Report("boot", NOON + 10 * MINUTE, None, {gpu.uuid: {}})
    health.record(machine=gpu.machine, report=report, at=NOON + 10 * MINUTE)
    sweep(rental, 58)
    assert rental.state == "confirmed"


def test_the_sweep_is_a_task(rental, monkeypatch):
    breaks(rental, at=5, found=6)
    monkeypatch.setattr(tasks, "now", lambda: NOON + 7 * MINUTE)
    tasks.interrupt_broken()
    tasks.interrupt_broken()
    rental.refresh_from_db()
    assert (rental.state, rental.ended_at) == ("ended", NOON + 5 * MINUTE)
