"""A machine that does not answer: another stands in, or the renter is told and asked."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from marketplace.brokerage import services as brokerage
from marketplace.brokerage import tasks
from marketplace.brokerage.models import Assignment, Lease, MachineFailure, Notice
from marketplace.brokerage.placement import Together
from marketplace.brokerage.services.mending import LOST_GRACE, MEND_AHEAD
from marketplace.catalog.states import MachineState
from marketplace.core.models import AuditEvent
from marketplace.core.states import IllegalMove
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
START = NOON + 2 * HOUR
SOON = START - MEND_AHEAD


@pytest.fixture
def offer(market):
    return make.offer(gpus=2)


@pytest.fixture
def spare(offer):
    """An equal machine in the site."""
    return make.offer(machine=make.machine(gpus=2, site=offer.machine.site)).machine


@pytest.fixture
def row(harbour, offer):
    make.funded(harbour)
    return make.reservation(harbour, offer, gpus=2, start=START)


def fall_silent(machine, state=MachineState.OFFLINE):
    machine.state = state
    machine.save(update_fields=["state"])


def mend(at):
    for part in brokerage.broken(at=at):
        brokerage.replace(assignment=part, at=at)


def told():
    return list(Notice.objects.order_by("pk").values_list("kind", flat=True))


def failures():
    rows = MachineFailure.objects.order_by("pk")
    return list(rows.values_list("machine__name", "kind", "replaced_by__name"))


def test_an_equal_machine_stands_in_at_the_same_price(row, spare):
    old, price = row.offer.machine, row.price_micro_per_gpu_hour
    fall_silent(old)
    mend(SOON)
    row.refresh_from_db()
    part = row.assignments.wanted().get()
    assert part.machine == spare
    assert {lease.gpu.machine for lease in part.leases.all()} == {spare}
    assert set(Lease.objects.values_list("state", "during")) == {("confirmed", row.during)}
    assert (row.state, row.price_micro_per_gpu_hour) == ("confirmed", price)
    assert failures() == [(old.name, "unreachable", spare.name)]
    assert told() == ["replaced"]
    assert AuditEvent.objects.get(verb="replaced a machine of").detail["machine"] == spare.name
    assert brokerage.illegal() == []
    assert brokerage.sold_twice() == []


def test_the_machine_that_came_back_is_told_nothing_of_it(row, spare):
    old = row.offer.machine
    fall_silent(old)
    mend(SOON)
    fall_silent(old, MachineState.ONLINE)
    assert brokerage.desired(machine=old, at=SOON) == []
    assert [part.machine for part in brokerage.desired(machine=spare, at=SOON)] == [spare]
    gone = row.assignments.get(machine=old)
    report = make.observation(gone, "running", started_at=START)
    brokerage.observe(machine=old, reports=[report], at=START)
    row.refresh_from_db()
    gone.refresh_from_db()
    assert (row.state, gone.observed) == ("confirmed", "pending")
    assert brokerage.free_gpus(offer=row.offer, start=START, end=START + HOUR)
    part = row.assignments.wanted().get()
    brokerage.observe(
        machine=spare, reports=[make.observation(part, "running", started_at=START)], at=START
    )
    row.refresh_from_db()
    assert row.state == "active"
    assert brokerage.illegal() == []


def test_done_twice_it_is_done_once(row, spare):
    fall_silent(row.offer.machine)
    [part] = brokerage.broken(at=SOON)
    assert brokerage.replace(assignment=part, at=SOON).machine == spare
    assert brokerage.replace(assignment=part, at=SOON) is None
    mend(SOON)
    assert Assignment.objects.count() == 2
    assert failures()[1:] == []


@pytest.mark.parametrize("when", ["early", "answers", "begun"])
def test_what_is_not_broken_is_left_alone(when, row, spare):
    at = SOON
    if when == "early":
        fall_silent(row.offer.machine)
        at = SOON - timedelta(seconds=1)
    if when == "begun":
        make.started(row, at=START)
        fall_silent(row.offer.machine)
        at = START
    assert not brokerage.broken(at=at).exists()
    assert not MachineFailure.objects.exists()


def test_one_that_answers_again_in_time_keeps_its_booking(row, spare):
    fall_silent(row.offer.machine)
    [part] = brokerage.broken(at=SOON)
    fall_silent(row.offer.machine, MachineState.ONLINE)
    assert brokerage.replace(assignment=part, at=SOON) is None
    assert Assignment.objects.get().machine == row.offer.machine
    assert not MachineFailure.objects.exists()


@pytest.mark.parametrize("why", ["none", "dearer", "taken", "elsewhere", "too small"])
def test_where_none_is_equal_and_free_the_renter_is_told_once(why, row, offer):
    site = offer.machine.site
    if why == "dearer":
        make.offer(machine=make.machine(gpus=2, site=site), price_micro=9_000_000)
    if why == "elsewhere":
        make.offer(gpus=2)
    if why == "too small":
        make.offer(machine=make.machine(gpus=1, site=site))
    if why == "taken":
        other = make.organisation("Other")
        make.funded(other)
        make.reservation(
            other, make.offer(machine=make.machine(gpus=2, site=site)), gpus=1, start=START
        )
    fall_silent(offer.machine)
    for minutes in (0, 1):
        mend(SOON + timedelta(minutes=minutes))
    row.refresh_from_db()
    assert row.state == "confirmed"
    assert row.assignments.get().withdrawn_at is None
    assert failures() == [(offer.machine.name, "unreachable", None)]
    assert told() == ["unreachable"]


def test_one_that_frees_up_later_stands_in_even_after_the_start(row, offer):
    fall_silent(offer.machine)
    mend(SOON)
    spare = make.offer(machine=make.machine(gpus=2, site=offer.machine.site)).machine
    mend(START + timedelta(minutes=5))
    assert row.assignments.wanted().get().machine == spare
    assert told() == ["unreachable", "replaced"]


def test_of_a_gang_only_the_silent_part_moves(harbour, offer, spare):
    make.funded(harbour)
    row = make.reservation(harbour, offer, gpus=4, together=Together.SITE, start=START)
    third = make.offer(machine=make.machine(gpus=2, site=offer.machine.site)).machine
    fall_silent(spare)
    mend(SOON)
    machines = set(row.assignments.wanted().values_list("machine", flat=True))
    assert machines == {offer.machine.pk, third.pk}
    assert Lease.objects.live().count() == 4
    assert brokerage.illegal() == []


def test_on_a_fabric_it_stays_on_the_fabric(harbour, market):
    make.funded(harbour)
    offer = make.offer(machine=make.machine(gpus=1, fabric="ib0"))
    site = offer.machine.site
    make.offer(machine=make.machine(gpus=1, site=site, fabric="ib0"))
    row = make.reservation(harbour, offer, gpus=2, together=Together.FABRIC, start=START)
    make.offer(machine=make.machine(gpus=1, site=site, fabric="ib1"))
    fall_silent(offer.machine)
    mend(SOON)
    assert told() == ["unreachable"]
    right = make.offer(machine=make.machine(gpus=1, site=site, fabric="ib0")).machine
    mend(SOON)
    assert right.pk in row.assignments.wanted().values_list("machine", flat=True)


def test_a_no_show_is_on_record(row):
    brokerage.end_due(reservation=row, at=START + HOUR)
    row.refresh_from_db()
    assert (row.state, row.hold.amount) == ("failed", 0)
    assert failures() == [(row.offer.machine.name, "no-show", None)]
    assert brokerage.illegal() == []


def test_a_machine_that_cannot_start_it_is_a_no_show(row):
    part = row.assignments.get()
    report = make.observation(part, "failed", detail="no such image")
    brokerage.observe(machine=part.machine, reports=[report], at=START)
    assert failures() == [(part.machine.name, "no-show", None)]


def test_a_lost_machine_is_waited_for_and_the_renter_asked(row):
    part = make.started(row, at=START)
    fall_silent(part.machine)
    for minutes in (0, 30):
        for lost in brokerage.lost(at=START + timedelta(minutes=minutes)):
            brokerage.answer_loss(assignment=lost, at=START + timedelta(minutes=minutes))
    row.refresh_from_db()
    assert row.state == "active"
    assert failures() == [(part.machine.name, "lost", None)]
    assert told() == ["lost"]


def test_a_standing_instruction_ends_it_after_a_grace(row, harbour, alice):
    part = make.started(row, at=START)
    brokerage.instruct(reservation=row, if_lost="end", by=alice, at=START)
    fall_silent(part.machine)
    brokerage.answer_loss(assignment=part, at=START)
    row.refresh_from_db()
    assert row.state == "active"
    late = START + LOST_GRACE
    brokerage.answer_loss(assignment=part, at=late)
    row.refresh_from_db()
    assert (row.state, row.ended_at) == ("ended", late)
    assert brokerage.illegal() == []
    assert not row.changes.exists()
    with pytest.raises(IllegalMove):
        brokerage.instruct(reservation=row, if_lost="ask", by=alice, at=late)


def test_the_sweep_finds_both(row, spare, monkeypatch):
    monkeypatch.setattr(tasks, "now", lambda: SOON)
    fall_silent(row.offer.machine)
    tasks.mend_broken()
    assert told() == ["replaced"]
    part = row.assignments.wanted().get()
    report = make.observation(part, "running", started_at=START)
    brokerage.observe(machine=spare, reports=[report], at=START)
    fall_silent(spare)
    monkeypatch.setattr(tasks, "now", lambda: START + timedelta(minutes=1))
    tasks.mend_broken()
    assert told() == ["replaced", "lost"]


def test_failures_are_evidence_and_what_began_is_not_withdrawn(row):
    brokerage.end_due(reservation=row, at=START + HOUR)
    failure = MachineFailure.objects.get()
    for act in (lambda: MachineFailure.objects.update(kind="lost"), failure.delete):
        with pytest.raises(ProgrammingError, match="its rows are evidence"), transaction.atomic():
            act()
    with pytest.raises(IntegrityError, match="withdrawn_before_start"), transaction.atomic():
        Assignment.objects.update(started_at=START, withdrawn_at=START)
