"""A look at the moment at which a machine's news is half taken over makes no finding."""

from datetime import timedelta

import pytest

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Drift, Reservation
from marketplace.brokerage.services import drifting
from tests import make
from tests.make import NOON
from tests.race import together

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOON + drifting.SURE_AFTER


@pytest.fixture
def part(market, harbour):
    make.funded(harbour)
    row = make.reservation(harbour, make.offer(), hours=4)
    part = row.assignments.get()
    brokerage.keep_report(machine=part.machine, reports=[], at=NOON)
    return part


def between(part):
    """What a heartbeat does when a workload began, and a look between its two steps."""
    report = make.observation(part, "running", started_at=NOON)
    brokerage.keep_report(machine=part.machine, reports=[report], at=NOON)
    assert together(lambda: brokerage.find_drift(at=NOON)) == [1]
    brokerage.observe(machine=part.machine, reports=[report], at=NOON)
    assert Reservation.objects.get().state == "active"


def test_a_look_in_the_middle_of_a_start_finds_nothing(part):
    between(part)
    assert not Drift.objects.open().exists()
    assert brokerage.find_drift(at=LATER) == 0
    assert not Drift.objects.exists()


def test_control_who_believes_one_look_finds_what_is_not_there(part, monkeypatch):
    """If this finds nothing, the test above proves nothing."""
    monkeypatch.setattr(drifting, "SURE_AFTER", timedelta(0))
    between(part)
    assert Drift.objects.open().get().kind == "state"


def test_many_looks_beside_many_starts(market, harbour):
    make.funded(harbour)
    offer = make.offer(gpus=8)
    parts = [make.reservation(harbour, offer, hours=4).assignments.get() for _ in range(8)]

    def start():
        for number in range(1, len(parts) + 1):
            on = {"state": "running", "started_at": NOON}
            reports = [make.observation(each, **on) for each in parts[:number]]
            brokerage.keep_report(machine=offer.machine, reports=reports, at=NOON)
            brokerage.observe(machine=offer.machine, reports=reports, at=NOON)

    def look():
        for _ in range(20):
            brokerage.find_drift(at=NOON)

    assert together(start, look, look) == [None] * 3
    assert not Drift.objects.open().exists()
    assert brokerage.find_drift(at=LATER) == 0
    assert not Drift.objects.exists()


def test_two_looks_at_once_make_one_finding(part):
    calls = [lambda: brokerage.find_drift(at=NOON)] * 4
    outcome = together(*calls)
    assert not [one for one in outcome if isinstance(one, Exception)]
    assert together(*[lambda: brokerage.find_drift(at=LATER)] * 4).count(1) >= 1
    assert Drift.objects.open().get().kind == "missing"
