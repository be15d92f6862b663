"""Renters are told when a workspace is kept, before it is wiped, and when it is kept no longer."""

import json
from datetime import timedelta

import pytest

from marketplace.api.keeping_shapes import KeepingOut
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Notice
from marketplace.notices.models import Notice as Told
from marketplace.notices.wording import said
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
#: when the rental ended, and its machine said that it keeps the workspace
KEPT = NOON + HOUR


@pytest.fixture
def row(market, harbour, alice):
    """A rental that Alice asked for and that ended; its workspace is kept for 48 hours."""
    make.funded(harbour)
    offer = make.offer(keep_micro_per_gib_hour=100)
    made = brokerage.request(renter=harbour, by=alice, ask=make.ask(offer), key="k", at=NOON)
    brokerage.broker(reservation=made, at=NOON)
    make.keeping(made, hours=48)
    make.kept(made, at=KEPT)
    return made


@pytest.fixture
def keeping(row):
    return row.keepings.get()


def noted():
    kinds = ("kept", "wipes", "kept_no_more")
    rows = Notice.objects.filter(kind__in=kinds).order_by("pk")
    return [(one.kind, one.about, timedelta(seconds=one.lead_s)) for one in rows]


def sentences(kind):
    return [said(one.kind, one.facts) for one in Told.objects.filter(kind=kind)]


def test_it_is_told_once_that_it_is_kept(row, alice):
    make.kept(row, at=KEPT + MINUTE)
    assert noted() == [("kept", KEPT + 48 * HOUR, 0 * HOUR)]
    [told] = Told.objects.filter(kind="workspace.kept")
    assert told.person == alice
    [words] = sentences("workspace.kept")
    assert words.head == "1 \N{MULTIPLICATION SIGN} H100 80GB: its workspace is kept"
    assert "The 50 GiB of its workspace lie on their machine until 26 Nov 2026, 13:00" in words.more
    assert "Keeping them costs 0.24 USD at most" in words.more
    assert words.page == f"/reservations/{row.public_id}/"


@pytest.mark.parametrize(
    ("before", "told"), [(24 * HOUR + MINUTE, False), (24 * HOUR, True), (MINUTE, True)]
)
def test_it_is_told_a_day_before_it_is_wiped(before, told, keeping):
    for _ in range(2):
        brokerage.remind(at=keeping.until - before)
    lead = ("wipes", keeping.until, 24 * HOUR)
    assert noted()[1:] == ([lead] if told else [])
    assert len(sentences("workspace.ending")) == told


def test_it_is_told_in_the_middle_of_a_shorter_time(market, harbour):
    make.funded(harbour)
    offer = make.offer(keep_micro_per_gib_hour=100)
    row = make.reservation(harbour, offer)
    make.keeping(row, hours=4)
    keeping = make.kept(row, at=KEPT)
    brokerage.remind(at=KEPT + 2 * HOUR - MINUTE)
    assert noted()[1:] == []
    brokerage.remind(at=KEPT + 2 * HOUR)
    assert noted()[1:] == [("wipes", keeping.until, 2 * HOUR)]


def test_once_its_time_is_over_nobody_is_reminded(keeping):
    brokerage.remind(at=keeping.until)
    assert noted()[1:] == []


def test_what_a_rental_will_go_on_with_is_not_said_to_be_wiped(keeping, harbour):
    at = keeping.until - 23 * HOUR
    make.fresh_list(at=at)
    offer = keeping.reservation.offer
    made = make.reservation(harbour, offer, at=at, start=at + HOUR, resumes=keeping)
    brokerage.remind(at=at)
    assert noted()[1:] == []
    brokerage.cancel(reservation=made, by=None, at=at)
    brokerage.remind(at=at)
    assert [kind for kind, _, _ in noted()[1:]] == ["wipes"]


def test_it_is_told_that_it_is_kept_no_longer_and_what_it_cost(keeping):
    for minutes in range(10, 70, 10):
        brokerage.tally_keepings(at=KEPT + minutes * MINUTE)
    brokerage.give_up_keeping(keeping=keeping, by=None, at=KEPT + HOUR)
    assert noted()[1:] == [("kept_no_more", KEPT + HOUR, 0 * HOUR)]
    [words] = sentences("workspace.ended")
    assert words.more == (
        "Why: its renter had it deleted. Keeping it cost 0.005 USD; the rest of what was held has"
        " gone back."
    )


def test_what_its_machine_did_not_keep_is_told(market, harbour):
    make.funded(harbour)
    row = make.reservation(harbour, make.offer(keep_micro_per_gib_hour=100))
    keeping = make.keeping(row)
    part = row.assignments.get()
    gone = make.observation(part, "stopped", stopped_at=KEPT, kept=False)
    brokerage.observe(machine=part.machine, reports=[gone], at=KEPT)
    keeping.refresh_from_db()
    assert keeping.state == "dropped"
    assert [kind for kind, _, _ in noted()] == ["kept_no_more"]
    [words] = sentences("workspace.ended")
    assert words.more.startswith("Why: it was not kept when its rental ended.")


def test_a_wish_that_is_taken_back_is_not_told(market, harbour, alice):
    make.funded(harbour)
    row = make.reservation(harbour, make.offer(keep_micro_per_gib_hour=100))
    brokerage.give_up_keeping(keeping=make.keeping(row), by=alice, at=NOON)
    assert noted() == []


def test_it_is_told_as_the_api_shows_it(keeping):
    [told] = Told.objects.filter(kind="workspace.kept")
    shown = json.loads(json.dumps(KeepingOut(keeping).data, default=str))
    assert told.facts["keeping"].keys() == shown.keys()
    moments = {"kept_from", "until", "ended_at", "created_at"}
    plain = {name: value for name, value in shown.items() if name not in moments}
    assert {name: told.facts["keeping"][name] for name in plain} == plain
