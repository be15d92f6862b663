"""Rentals until they are stopped over the API: asked for, told, switched, refused."""

from datetime import datetime, timedelta

import pytest
from django.utils.timezone import now

from marketplace.api.quotes import BidIn
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Reservation, RollRefusal
from tests import make
from tests.api.asking import ask, booked, later, places, refused

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PRICE = 2_400_000


def until_stopped(offer, **changes):
    body = ask(offer, start=later(seconds=5), rolling=True, **changes)
    del body["end"]
    return body


@pytest.fixture
def row(harbour, offer):
    made = booked(harbour, offer, rolling=True)
    make.started(made, at=made.during.lower)
    return made


def test_it_is_asked_for_without_an_end(api, harbour, offer):
    make.funded(harbour)
    told = api.post("reservations", until_stopped(offer))
    assert told.status_code == 202, told.content
    told = told.json()
    assert (told["rolling"], told["rolls_on"], told["roll_refused"]) == (True, True, "")
    start, end = (datetime.fromisoformat(told[name]) for name in ("start", "end"))
    assert end - start == HOUR
    assert told["cost_micro"] == PRICE
    row = Reservation.objects.get()
    assert (row.rolling, row.rolls_on) == (True, True)


@pytest.mark.parametrize("rolling", [True, False])
def test_an_end_is_said_or_left_out(rolling, api, harbour, offer):
    make.funded(harbour)
    body = ask(offer) | {"rolling": rolling}
    if not rolling:
        del body["end"]
    problem = refused(api.post("reservations", body), 400, "invalid")
    assert places(problem) == ["#/end"]
    assert not Reservation.objects.exists()


def test_what_it_cannot_be_is_refused_at_its_field(api, harbour, offer):
    make.funded(harbour)
    problem = refused(
        api.post("reservations", until_stopped(offer, auto_confirm=False)), 422, "refused"
    )
    assert places(problem) == ["#/rolling"]
    assert not Reservation.objects.exists()


def test_a_quote_says_what_is_held_at_first(api, offer):
    body = {key: value for key, value in until_stopped(offer).items() if key in BidIn().fields}
    told = api.post("quotes", body)
    assert told.status_code == 200, told.content
    told = told.json()
    assert (told["cost_micro"], told["deposit_micro"]) == (PRICE, None)
    assert told["free_gpus"] == 2


def test_a_fixed_one_says_that_it_is(api, harbour, offer):
    row = booked(harbour, offer)
    told = api.get(f"reservations/{row.public_id}").json()
    assert (told["rolling"], told["rolls_on"], told["roll_refused"]) == (False, False, "")
    refused(
        api.post(f"reservations/{row.public_id}/rolls-on", {"rolls_on": True}), 409, "wrong-state"
    )


def test_it_is_switched_off_and_on(api, row):
    path = f"reservations/{row.public_id}/rolls-on"
    for on in (False, False, True):
        told = api.post(path, {"rolls_on": on})
        assert (told.status_code, told.json()["rolls_on"]) == (200, on)
        row.refresh_from_db()
        assert row.rolls_on is on
    refused(api.post(path, {}), 400, "invalid")


def test_why_it_will_end_is_told(api, row):
    brokerage.note_not_rolled(reservation=row, why=RollRefusal.MONEY, at=now())
    assert api.get(f"reservations/{row.public_id}").json()["roll_refused"] == "money"
    notices = api.get(f"reservations/{row.public_id}/notices").json()["results"]
    assert [one["kind"] for one in notices] == ["not_rolled"]


def test_it_is_not_booked_far_ahead_by_hand(api, row):
    answer = api.post(f"reservations/{row.public_id}/extend", {"end": later(hours=5)})
    assert "moves on by itself" in str(refused(answer, 422, "refused"))
    row.refresh_from_db()
    assert row.during.upper - row.during.lower == HOUR
