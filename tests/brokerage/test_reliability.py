"""The published formula, and what of the record goes into it."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction
from hypothesis import given
from hypothesis import strategies as st

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import MachineFailure, Reliability, Reservation
from marketplace.brokerage.reliability import Evidence, lower_end, score_bps
from marketplace.catalog.models import Challenge, Machine, Telemetry
from marketplace.catalog.query import QueryError, parse
from tests import make
from tests.make import HOUR, NOON

DAY = timedelta(days=1)
#: the day after what happens at NOON
NEXT = NOON + DAY


def test_the_formula_gives_what_wilson_published():
    # 8 of 10: 0.4902 to 0.9433; 1 of 1: 0.2065 to 1; 0 of 5: 0 to 0.4345
    assert round(lower_end(8, 10), 4) == 0.4902
    assert round(lower_end(1, 1), 4) == 0.2065
    assert lower_end(0, 5) == 0
    assert round(lower_end(950, 1000), 4) == 0.9347


def test_nothing_on_record_is_no_score_and_a_little_is_a_low_one():
    assert score_bps(Evidence()) is None
    assert score_bps(Evidence(days=1, heard_bps=10_000)) == 2065
    assert score_bps(Evidence(days=30, heard_bps=10_000)) == 8864


def test_a_no_show_costs_more_than_a_silent_day():
    month = {"days": 30, "bookings": 10, "heard_bps": 10_000}
    clean = score_bps(Evidence(**month, kept=10))
    missed = score_bps(Evidence(**month, kept=9))
    silent = score_bps(Evidence(**{**month, "heard_bps": 9667}, kept=10))
    assert (clean, silent, missed) == (9541, 9325, 8618)


def test_more_cannot_go_well_than_was_tried():
    for went_well, trials in ((1, 0), (0, 0), (3, 2), (-1, 2)):
        with pytest.raises(ValueError, match="trials"):
            lower_end(went_well, trials)


counts = st.integers(0, 200)


@given(counts, counts, st.integers(0, 30), st.integers(0, 10_000))
def test_what_goes_well_never_lowers_it_and_what_fails_never_raises_it(good, bad, days, heard):
    known = {"days": days, "heard_bps": heard}
    before = score_bps(Evidence(bookings=good + bad, kept=good, **known))
    better = score_bps(Evidence(bookings=good + bad + 1, kept=good + 1, **known))
    worse = score_bps(Evidence(bookings=good + bad + 1, kept=good, **known))
    assert 0 <= worse <= better <= 10_000
    if before is not None:
        assert worse <= before <= better


# what goes into it


def scored(machine, at=NEXT):
    brokerage.score_machines(at=at)
    return brokerage.reliability(machine=machine)


def booked(offer, name, **facts):
    renter = make.organisation(name)
    make.funded(renter)
    return make.reservation(renter, offer, **facts)


def failed(row, kind="no-show"):
    part = row.assignments.get()
    MachineFailure.objects.create(reservation=row, machine=part.machine, kind=kind, at=NOON)


@pytest.mark.django_db
def test_a_renters_day_is_one_trial_and_all_of_it_must_go_well(market):
    offer = make.offer(gpus=4)
    for name in ("Good", "Bad"):
        row = booked(offer, name)
        make.started(row)
        again = make.reservation(row.renter, offer)
        if name == "Bad":
            failed(again)
        else:
            make.started(again)
    found = scored(offer.machine)
    assert (found.bookings, found.kept, found.days, found.challenges) == (2, 1, 0, 0)
    assert (found.day, found.formula) == (NEXT.date(), "2026-11")
    assert found.score_bps == score_bps(Evidence(bookings=2, kept=1)) == 2365
    assert Machine.objects.get(pk=offer.machine_id).reliability_bps == 2365


@pytest.mark.django_db
def test_what_was_cancelled_or_is_yet_to_come_or_is_the_operators_own_does_not_count(market):
    offer = make.offer(gpus=4)
    brokerage.cancel(reservation=booked(offer, "Cancels"), by=None, at=NOON)
    booked(offer, "Later", start=NOON + 3 * DAY)
    operator = offer.machine.site.operator
    operator.can_rent = True
    operator.save()
    make.funded(operator)
    make.started(make.reservation(operator, offer))
    found = scored(offer.machine)
    assert (found.bookings, found.score_bps) == (0, None)
    assert Machine.objects.get(pk=offer.machine_id).reliability_bps is None


@pytest.mark.django_db
def test_reports_and_challenges_count_as_they_were(market):
    offer = make.offer()
    machine = offer.machine
    midnight = NOON.replace(hour=0)
    for start, end in ((NOON - DAY, NOON - 12 * HOUR), (midnight + 6 * HOUR, midnight + DAY)):
        Telemetry.objects.create(machine=machine, start=start, end=end, gpus={})
    for state in ("passed", "failed", "measured"):
        Challenge.objects.create(
            machine=machine,
            state=state,
            reason="random",
            nonce=b"",
            n=2,
            k=1,
            leaf=1,
            openings=1,
            gpu_uuids=[],
            whole=True,
            calibrated=True,
            within_ms=1,
            asked_at=NOON,
            committed_at=NOON,
        )
    found = scored(machine)
    # 12 h and 18 h of the 36 h since the first report
    assert (found.days, found.heard_bps) == (2, 8333)
    assert (found.challenges, found.passed) == (3, 2)
    silent = scored(machine, at=NEXT + 9 * DAY)
    assert (silent.days, silent.heard_bps) == (11, 1190), "who falls silent loses it day by day"


@pytest.mark.django_db
def test_a_day_is_scored_once_and_stays(market):
    offer = make.offer()
    assert brokerage.score_machines(at=NEXT) == 1
    make.started(booked(offer, "Good"))
    assert brokerage.score_machines(at=NEXT + HOUR) == 0
    assert scored(offer.machine, at=NEXT + DAY).bookings == 1
    assert Reliability.objects.count() == 2
    with pytest.raises(ProgrammingError, match="evidence"), transaction.atomic():
        Reliability.objects.update(score_bps=10_000)


@pytest.mark.django_db
@pytest.mark.parametrize(("begun", "state"), [(True, "ended"), (False, "failed")])
def test_a_gpu_that_breaks_is_on_record_against_its_machine(market, begun, state):
    offer = make.offer()
    row = booked(offer, "Good")
    if begun:
        make.started(row)
    at = NOON + HOUR / 2
    facts = {"health": "failed", "fit": False, "fault": "xid-79", "fault_since": at}
    offer.machine.gpus.update(**facts)
    for _ in range(2):
        brokerage.interrupt(reservation=Reservation.objects.get(pk=row.pk), at=at)
    row.refresh_from_db()
    assert row.state == state
    found = MachineFailure.objects.get()
    assert (found.machine, found.kind, found.at) == (offer.machine, "broken", at)
    assert (scored(offer.machine).bookings, scored(offer.machine).kept) == (1, 0)


@pytest.mark.django_db
def test_the_search_finds_and_orders_by_it_and_knows_who_has_none(market):
    offers = {bps: make.offer(price_micro=1_000_000) for bps in (9500, 8000, None)}
    for bps, offer in offers.items():
        Machine.objects.filter(pk=offer.machine_id).update(reliability_bps=bps)

    def found(text):
        rows = brokerage.search(query=parse(text), start=NOON, end=NOON + HOUR)
        return [row.machine.reliability_bps for row in rows]

    assert found("reliability >= 0.95") == [9500]
    assert found("reliability < 0.95") == [8000]
    assert found("count >= 1 order by -reliability") == [9500, 8000, None]
    assert found("count >= 1 order by reliability") == [8000, 9500, None]
    for wrong in ("95", "1.1", "0.12345", "high"):
        with pytest.raises(QueryError, match="does not fit") as refusal:
            parse(f"reliability > {wrong}")
        assert refusal.value.hint == "write a share of 1 such as 0.975"
