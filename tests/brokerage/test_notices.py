"""Renters are told before a start, before an end and of what becomes of a booking: once each."""

import json
from datetime import timedelta

import pytest

from marketplace.api.reservations import ReservationOut
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Notice, Reservation
from marketplace.brokerage.services.telling import tell_noticed
from marketplace.notices.models import Notice as Told
from marketplace.notices.wording import said
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
START = NOON + 72 * HOUR
MINUTE = timedelta(minutes=1)


@pytest.fixture
def row(market, harbour, alice):
    """A GPU for 50 hours from START, asked for by Alice."""
    make.funded(harbour, 10**9)
    ask = make.ask(make.offer(), start=START, hours=50)
    made = brokerage.request(renter=harbour, by=alice, ask=ask, key="k", at=NOON)
    brokerage.broker(reservation=made, at=NOON)
    return made


def told():
    return [
        (one.kind, timedelta(seconds=one.lead_s)) for one in Notice.objects.order_by("noted_at")
    ]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (24 * HOUR + MINUTE, []),
        (24 * HOUR, [("starts", 24 * HOUR)]),
        (HOUR, [("starts", HOUR)]),
        (9 * MINUTE, [("starts", 10 * MINUTE)]),
        (0 * HOUR, []),
    ],
)
def test_a_start_is_told_when_it_is_near(before, expected, row):
    brokerage.remind(at=START - before)
    assert told() == expected


def test_each_lead_is_told_once(row):
    for before in (24 * HOUR, 23 * HOUR, HOUR, HOUR / 2, 5 * MINUTE, MINUTE):
        brokerage.remind(at=START - before)
        brokerage.remind(at=START - before)
    assert told() == [("starts", 24 * HOUR), ("starts", HOUR), ("starts", 10 * MINUTE)]


def test_the_end_is_told_and_told_anew_when_it_moves(row):
    make.started(row, at=START)
    end = START + 50 * HOUR
    brokerage.remind(at=end - HOUR)
    assert told() == [("ends", HOUR)]
    make.fresh_list(at=end - HOUR)
    longer = end + 5 * HOUR
    row.refresh_from_db()
    brokerage.extend(reservation=row, until=longer, key="x", by=None, at=end - MINUTE)
    brokerage.remind(at=longer - HOUR)
    assert Notice.objects.filter(kind="ends", lead_s=3600).count() == 2


def test_a_short_booking_is_not_told_of_what_it_knows(market, harbour):
    make.funded(harbour)
    row = make.reservation(harbour, make.offer(), start=NOON + HOUR)
    brokerage.remind(at=NOON + MINUTE)
    assert told() == []
    make.started(row, at=NOON + HOUR)
    brokerage.remind(at=NOON + 2 * HOUR - 10 * MINUTE)
    assert told() == [("ends", 10 * MINUTE)]


@pytest.mark.parametrize("state", ["cancelled", "held"])
def test_what_is_not_booked_is_not_told(state, row):
    type(row).objects.filter(pk=row.pk).update(state=state)
    brokerage.remind(at=START - HOUR)
    assert told() == []


def test_it_is_told_once_to_who_asked(row, alice):
    brokerage.remind(at=START - HOUR)
    brokerage.remind(at=START - HOUR)
    told = Told.objects.get(kind="reservation.starting")
    assert (told.organisation, told.person) == (row.renter, alice)
    assert told.facts["about"] == "2026-11-27T12:00:00Z"
    assert said(told.kind, told.facts) == (
        "1 \N{MULTIPLICATION SIGN} H100 80GB: begins 27 Nov 2026, 12:00 UTC",
        "Your booking begins at 27 Nov 2026, 12:00 UTC.",
        f"/reservations/{row.public_id}/",
    )


def test_what_becomes_of_a_booking_is_told_once_each(row):
    make.started(row, at=START)
    brokerage.stop(reservation=row, by=None, at=START + HOUR)
    kinds = list(Told.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["reservation.confirmed", "reservation.started", "reservation.ended"]
    ended = Told.objects.get(kind="reservation.ended").facts
    assert (ended["state"], ended["reason"]) == ("ended", "stopped by the renter")
    assert ended["ended_at"] == "2026-11-27T13:00:00Z"


def test_what_is_told_is_what_the_api_shows(row):
    row.refresh_from_db()
    shown = json.loads(json.dumps(ReservationOut(row).data, default=str))
    told = Told.objects.get(kind="reservation.confirmed").facts
    assert told == {name: fact for name, fact in shown.items() if name != "terms"}


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (lambda row: brokerage.cancel(reservation=row, by=None, at=NOON), "cancelled"),
        (lambda row: brokerage.end_due(reservation=row, at=START + 50 * HOUR), "failed"),
    ],
)
def test_what_never_ran_is_told(act, kind, row):
    act(row)
    assert Told.objects.filter(kind=f"reservation.{kind}").count() == 1


def test_a_request_without_money_is_told_of(market, harbour):
    make.funded(harbour, 2_400_000)  # for one of two that are asked for at once
    asks = [make.ask(make.offer(), start=START) for _ in range(2)]
    for place, ask in enumerate(asks):
        brokerage.request(renter=harbour, by=None, ask=ask, key=f"k{place}", at=NOON)
    brokerage.broker_open(at=NOON)
    first, second = Told.objects.order_by("kind")
    assert (first.kind, second.kind) == ("reservation.confirmed", "reservation.refused")
    assert second.facts["reason"] == Reservation.objects.get(state="refused").reason


@pytest.mark.parametrize("kind", Notice.Kind.values)
def test_every_kind_has_its_words(kind, row):
    notice = Notice.objects.create(reservation=row, kind=kind, about=START, noted_at=START - HOUR)
    tell_noticed(noticed=[notice], at=START - HOUR)
    told = Told.objects.latest("pk")
    head, more, _ = said(told.kind, told.facts)
    assert head.startswith("1 \N{MULTIPLICATION SIGN} H100 80GB: ")
    assert len(more) > 30
