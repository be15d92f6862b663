from datetime import timedelta
from uuid import uuid4

import pytest

from compliance import services as compliance
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Reservation
from marketplace.ledger import services as ledger
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(seconds=3)


@pytest.fixture
def booked(market, harbour):
    make.funded(harbour, 10_000_000)
    return make.reservation(harbour, make.offer(gpus=2), gpus=2)


@pytest.fixture
def machine(booked):
    return booked.assignments.get().machine


def test_the_node_is_told_of_a_booking_an_hour_ahead(market, harbour):
    make.funded(harbour)
    later = make.reservation(harbour, make.offer(), start=NOON + 2 * HOUR)
    on = later.assignments.get().machine
    just_before = NOON + HOUR - timedelta(seconds=1)
    assert brokerage.desired(machine=on, at=just_before) == []
    [told] = brokerage.desired(machine=on, at=NOON + HOUR)
    assert told.reservation == later
    assert brokerage.wanted(told)


def test_running_makes_reservation_and_leases_active(booked):
    make.started(booked, at=SOON)
    assert booked.state == "active"
    assert {(lease.state, lease.started_at) for lease in Lease.objects.all()} == {("active", SOON)}


def test_a_start_claimed_before_the_window_is_clipped(booked, machine):
    early = make.observation(
        booked.assignments.get(), "running", started_at=NOON - timedelta(hours=5)
    )
    brokerage.observe(machine=machine, reports=[early], at=SOON)
    assert Lease.objects.first().started_at == NOON


def test_a_start_claimed_in_the_future_is_clipped(booked, machine):
    late = make.observation(booked.assignments.get(), "running", started_at=NOON + HOUR)
    brokerage.observe(machine=machine, reports=[late], at=SOON)
    assert Lease.objects.first().started_at == SOON


def test_the_end_of_the_process_ends_the_reservation(booked, machine):
    assignment = make.started(booked)
    end = NOON + timedelta(minutes=7)
    done = make.observation(assignment, "stopped", stopped_at=end, exit_code=0)
    brokerage.observe(machine=machine, reports=[done], at=end)
    booked.refresh_from_db()
    assert (booked.state, booked.ended_at) == ("ended", end)
    assert {(lease.state, lease.ended_at) for lease in Lease.objects.all()} == {("ended", end)}


def test_a_process_that_came_and_went_between_two_beats_counts(booked, machine):
    assignment = booked.assignments.get()
    quick = make.observation(assignment, "stopped", started_at=NOON, stopped_at=SOON, exit_code=3)
    brokerage.observe(machine=machine, reports=[quick], at=SOON)
    booked.refresh_from_db()
    assert booked.state == "ended"
    assert booked.reason == "the workload ended with exit code 3"
    assert {(lease.started_at, lease.ended_at) for lease in Lease.objects.all()} == {(NOON, SOON)}


def test_what_the_node_stops_at_the_end_of_the_window_was_no_failure(booked, machine):
    assignment = make.started(booked)
    late = NOON + HOUR + timedelta(seconds=1)
    done = make.observation(assignment, "stopped", stopped_at=late, exit_code=-15)
    brokerage.observe(machine=machine, reports=[done], at=late)
    booked.refresh_from_db()
    assert (booked.state, booked.ended_at) == ("ended", NOON + HOUR)
    assert booked.reason == "the window is over"


def test_a_failed_start_gives_everything_back(booked, machine, harbour):
    failed = make.observation(booked.assignments.get(), "failed", detail="no such program")
    brokerage.observe(machine=machine, reports=[failed], at=SOON)
    booked.refresh_from_db()
    assert booked.state == "failed"
    assert "no such program" in booked.reason
    wallet = brokerage.wallet_account(renter=harbour, currency="USD")
    assert ledger.balance(account=wallet).held == 0
    assert {lease.state for lease in Lease.objects.all()} == {"released"}


def test_repeated_late_and_unknown_reports_change_nothing(booked, machine):
    assignment = make.started(booked, at=SOON)
    later = NOON + timedelta(minutes=1)
    again = make.observation(assignment, "running", started_at=later)
    older = make.observation(assignment, "starting")
    unknown = brokerage.Observation(uuid4(), 1, "running", later, None, None, "")
    brokerage.observe(machine=machine, reports=[again, older, unknown], at=later)
    assignment.refresh_from_db()
    assert (assignment.observed, assignment.started_at) == ("running", SOON)


def test_another_machine_cannot_speak_for_an_assignment(booked):
    stranger = make.machine()
    claim = make.observation(booked.assignments.get(), "running", started_at=NOON)
    brokerage.observe(machine=stranger, reports=[claim], at=SOON)
    booked.refresh_from_db()
    assert booked.state == "confirmed"
    assert brokerage.desired(machine=stranger, at=SOON) == []


def test_stopping_early_ends_now_and_raises_the_generation(booked, alice, machine):
    make.started(booked)
    at = NOON + timedelta(minutes=10)
    brokerage.stop(reservation=booked, by=alice, at=at)
    [told] = brokerage.desired(machine=machine, at=at)
    assert (told.generation, brokerage.wanted(told)) == (2, False)
    assert {lease.ended_at for lease in Lease.objects.all()} == {at}


def test_the_window_ends_a_silent_node_too(booked):
    make.started(booked)
    at = NOON + 2 * HOUR
    brokerage.end_due(reservation=Reservation.objects.over(at=at).get(), at=at)
    booked.refresh_from_db()
    assert (booked.state, booked.ended_at) == ("ended", NOON + HOUR)


def test_a_booking_that_never_started_costs_nothing(booked, harbour):
    at = NOON + HOUR
    brokerage.end_due(reservation=Reservation.objects.over(at=at).get(), at=at)
    booked.refresh_from_db()
    assert booked.state == "failed"
    wallet = brokerage.wallet_account(renter=harbour, currency="USD")
    assert ledger.balance(account=wallet).available == 10_000_000


def test_what_is_about_to_start_is_told_only_while_its_screening_stands(market, harbour):
    make.funded(harbour)
    later = make.reservation(harbour, make.offer(), start=NOON + 2 * HOUR)
    on = later.assignments.get().machine
    start, second = NOON + 2 * HOUR, timedelta(seconds=1)
    compliance.amend_party(party=harbour.party, by="t", at=NOON, hq_country="MY")
    five = timedelta(minutes=5)
    assert [one.reservation for one in brokerage.desired(machine=on, at=start - five - second)] == [
        later
    ]
    for at in (start - five, start, start + five):
        assert brokerage.desired(machine=on, at=at) == []
    later.refresh_from_db()
    brokerage.enforce(reservation=later, at=start)
    assert [one.reservation for one in brokerage.desired(machine=on, at=start)] == [later]


def test_a_list_that_went_stale_lets_nothing_start_but_ends_nothing(market, harbour, booked):
    make.started(booked, at=SOON)
    make.funded(harbour)
    later = make.reservation(harbour, make.offer(), start=NOON + 25 * HOUR)
    idle = later.assignments.get().machine
    stale = NOON + 25 * HOUR
    assert brokerage.desired(machine=idle, at=stale) == []
    later.refresh_from_db()
    assert later.state == "confirmed"
    [running] = brokerage.desired(machine=booked.assignments.get().machine, at=stale)
    assert (running.reservation.state, brokerage.wanted(running)) == ("active", True)


def test_how_far_a_start_is_and_where_it_is_reached_is_known_until_it_ends(booked, machine):
    assignment = booked.assignments.get()
    door = {"name": "ssh", "scheme": "ssh", "host": "203.0.113.7", "port": 40_022, "path": ""}

    def told(state, **facts):
        report = make.observation(assignment, state, **facts)
        brokerage.observe(machine=machine, reports=[report], at=SOON)
        assignment.refresh_from_db()
        return assignment.progress, assignment.endpoints

    assert told("starting", progress="pulling debian: 40 %") == ("pulling debian: 40 %", [])
    assert told("starting", progress="pulling debian: 80 %") == ("pulling debian: 80 %", [])
    assert told("running", started_at=SOON, endpoints=(door,)) == ("", [door])
    assert told("stopped", stopped_at=SOON, progress="cleaning up", endpoints=(door,)) == ("", [])
