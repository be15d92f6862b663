"""Findings: suspected, sure, healed; and what is stuck."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from psycopg.types.range import TimestamptzRange

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Assignment, Drift, Lease, MachineReport, Reservation
from marketplace.brokerage.tasks import find_drift
from marketplace.catalog.models import Machine
from marketplace.core.models import AuditEvent
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def part(market, harbour):
    """A rental that runs since NOON, as its machine says."""
    make.funded(harbour)
    offer = make.offer(gpus=2)
    row = make.reservation(harbour, offer, gpus=2, hours=4)
    part = make.started(row)
    say(part)
    return part


def said(part, state="running", **facts):
    known = {
        "gpu_uuids": tuple(part.leases.values_list("gpu__uuid", flat=True)),
        "end": part.reservation.during.upper,
    }
    return make.observation(part, state, **{**known, **facts})


def say(part, *reports, **facts):
    reports = reports or [said(part, **facts)]
    brokerage.keep_report(machine=part.machine, reports=reports, at=NOON)


def look(minutes):
    return brokerage.find_drift(at=NOON + minutes * MINUTE)


def sure(part, kind):
    """Both looks, and the one finding that they make."""
    assert look(0) == 1
    assert not Drift.objects.open().exists(), "one look proves nothing"
    assert look(2) == 1
    found = Drift.objects.open().get()
    assert (found.kind, found.machine) == (kind, part.machine)
    assert (found.since, found.sure_at, found.seen_at) == (NOON, *[NOON + 2 * MINUTE] * 2)
    return found


def moved():
    kept = (Reservation, Assignment, Lease, Machine)
    return [list(model.objects.order_by("pk").values()) for model in kept]


def test_what_agrees_is_no_finding(part):
    before = moved()
    assert (look(0), look(3)) == (0, 0)
    assert not Drift.objects.exists()
    assert MachineReport.objects.get().compared_at == NOON + 3 * MINUTE
    assert brokerage.drift_looked_at() == NOON + 3 * MINUTE
    assert moved() == before


def test_what_the_machine_does_not_have(part):
    brokerage.keep_report(machine=part.machine, reports=[], at=NOON)
    before = moved()
    found = sure(part, "missing")
    assert (found.ought, found.found) == ("running", "nothing")
    assert found.mended_by == "agents.gateway.services.heartbeat"
    assert found.reservation == part.reservation
    assert moved() == before, "it finds and mends nothing"
    trail = AuditEvent.objects.get(verb="drift found")
    assert trail.subject == f"brokerage.Drift {found.public_id}"


def test_what_no_row_knows(part):
    stray = replace(said(part), assignment=UUID(int=9), generation=0, state="starting")
    say(part, said(part), stray)
    found = sure(part, "unknown")
    assert (found.subject, found.reservation) == (UUID(int=9), None)


def test_what_is_over_and_runs_on(part):
    brokerage.stop(reservation=part.reservation, by=None, at=NOON)
    found = sure(part, "unwanted")
    assert found.mended_by == "agents.node.reconcile"


def test_other_gpus_are_for_people(part):
    say(part, gpu_uuids=("GPU-else",))
    found = sure(part, "gpus")
    assert (found.found, found.mended_by) == ("GPU-else", "")
    [tally] = brokerage.tally_drift()
    assert tally == ("gpus", 1, 1, NOON)


def test_another_end(part):
    say(part, end=NOON + HOUR)
    found = sure(part, "end")
    assert found.mended_by == "agents.gateway.tasks.follow"
    [tally] = brokerage.tally_drift()
    assert tally == ("end", 1, 0, NOON)


def test_an_older_wish(part):
    Assignment.objects.filter(pk=part.pk).update(generation=F("generation") + 1)
    found = sure(part, "generation")
    assert (found.ought, found.found) == ("2", "1")


def test_a_last_word_that_was_not_taken_over(part):
    say(part, state="stopped")
    sure(part, "state")


STUCK = [
    ({"state": "cleared", "created_at": NOON - 10 * MINUTE}, "brokerage.tasks.broker_open"),
    ({"state": "held", "hold_expires_at": NOON - 5 * MINUTE}, "brokerage.tasks.expire_overdue"),
    ({"state": "pinned", "hold_expires_at": NOON - 5 * MINUTE}, "brokerage.tasks.expire_overdue"),
    (
        {
            "state": "confirmed",
            "during": TimestamptzRange(NOON - HOUR, NOON - 5 * MINUTE),
        },
        "brokerage.tasks.end_due",
    ),
    ({"state": "ended", "ended_at": NOON - HOUR - 5 * MINUTE}, "billing.tasks.settle_ended"),
]


@pytest.mark.parametrize(("facts", "task"), STUCK, ids=[facts["state"] for facts, _ in STUCK])
def test_what_a_sweep_should_have_moved_on(market, harbour, facts, task):
    row = make.bare_reservation(harbour, make.offer(), **facts)
    assert look(-1) == 0, "not late yet"
    assert (look(0), look(2)) == (1, 1)
    found = Drift.objects.open().get()
    assert (found.kind, found.subject, found.reservation) == ("stuck", row.public_id, row)
    assert (found.found, found.mended_by) == (facts["state"], f"marketplace.{task}")


def test_what_starts_for_an_hour_is_for_people(market, harbour):
    make.funded(harbour)
    row = make.reservation(harbour, make.offer(), hours=4)
    part = row.assignments.get()
    report = make.observation(part, "starting")
    brokerage.observe(machine=part.machine, reports=[report], at=NOON)
    assert look(59) == 0
    assert (look(60), look(62)) == (1, 1)
    found = Drift.objects.open().get()
    assert (found.kind, found.ought, found.mended_by) == ("stuck", "running by now", "")


def test_a_finding_heals_once_they_agree(part):
    say(part, end=NOON + HOUR)
    found = sure(part, "end")
    say(part)
    assert look(5) == 0
    found.refresh_from_db()
    assert (found.healed_at, found.seen_at) == (NOON + 5 * MINUTE, NOON + 2 * MINUTE)
    assert AuditEvent.objects.filter(verb="drift healed").count() == 1
    assert brokerage.tally_drift() == []
    say(part, end=NOON + HOUR)
    assert (look(6), look(8)) == (1, 1)
    assert Drift.objects.count() == 2, "that it came back is another finding"


def test_what_went_away_before_it_was_sure_is_not_kept(part):
    say(part, end=NOON + HOUR)
    assert look(0) == 1
    say(part)
    assert look(1) == 0
    assert not Drift.objects.exists()
    assert not AuditEvent.objects.filter(verb__startswith="drift").exists()


def test_one_difference_after_another_is_not_one_that_stands(part):
    """A node that is always one wish behind follows, as it should."""
    for minute in range(4):
        Assignment.objects.filter(pk=part.pk).update(generation=2 + minute)
        say(part, generation=1 + minute)
        assert look(minute) == 1
    suspected = Drift.objects.get()
    assert (suspected.since, suspected.sure_at) == (NOON + 3 * MINUTE, None)


def test_of_a_machine_that_fell_silent_nothing_is_found_or_healed(part):
    say(part, end=NOON + HOUR)
    sure(part, "end")
    Machine.objects.filter(pk=part.machine_id).update(state="offline")
    assert look(10) == 0
    found = Drift.objects.open().get()
    assert found.seen_at == NOON + 2 * MINUTE
    assert MachineReport.objects.get().compared_at == NOON + 2 * MINUTE


def test_a_machine_that_never_reported_is_not_doubted(market, harbour):
    make.funded(harbour)
    make.started(make.reservation(harbour, make.offer(), hours=4))
    assert (look(0), look(2)) == (0, 0)


def test_a_later_report_takes_the_place_of_the_one_before(part):
    brokerage.keep_report(machine=part.machine, reports=[], at=NOON + MINUTE)
    kept = MachineReport.objects.get()
    assert (kept.runs, kept.heard_at) == ([], NOON + MINUTE)


def test_the_task_looks(part):
    find_drift()
    assert MachineReport.objects.get().compared_at is not None


@pytest.mark.parametrize(
    ("facts", "guard"),
    [
        ({"kind": "odd"}, "drift_kind_known"),
        ({"seen_at": NOON - MINUTE}, "drift_in_order"),
        ({"sure_at": NOON - MINUTE}, "drift_in_order"),
        ({"healed_at": NOON}, "drift_healed_was_sure"),
        ({"sure_at": NOON, "healed_at": NOON - MINUTE}, "drift_healed_was_sure"),
    ],
)
def test_the_database_refuses(part, facts, guard):
    known = {"kind": "end", "machine": part.machine, "subject": part.public_id}
    moments = {"since": NOON, "seen_at": NOON}
    with pytest.raises(IntegrityError, match=guard), transaction.atomic():
        Drift.objects.create(**{**known, **moments, **facts})


def test_one_open_finding_of_a_kind_for_a_subject(part):
    facts = {"kind": "end", "machine": part.machine, "subject": part.public_id}
    facts |= {"since": NOON, "seen_at": NOON}
    Drift.objects.create(**facts)
    with pytest.raises(IntegrityError, match="drift_open_once"), transaction.atomic():
        Drift.objects.create(**facts)
