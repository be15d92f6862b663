"""Quotes, and other ends for a booking, over HTTP."""

from datetime import timedelta

import pytest
from django.utils.dateparse import parse_datetime
from django.utils.timezone import now

from marketplace.brokerage.models import Lease, Reservation, WindowChange
from marketplace.catalog import services as catalog
from marketplace.ledger.models import Hold
from tests import make
from tests.api.asking import HOUR, ask, bearer, booked, places, refused

pytestmark = pytest.mark.django_db
PRICE = 2_400_000
RUN = {"command": ["sleep", "60"]}


@pytest.fixture
def dear(open_market):
    """All of the next 48 hours is paid when it is given up."""
    schedule = catalog.publish_schedule(
        code="dear", title="Dear", steps=[[48, 10_000]], since=now(), at=now()
    )
    return make.offer(gpus=2, schedule=schedule)


def wish(offer, **changes):
    return {key: value for key, value in ask(offer, **changes).items() if key != "workload"}


def test_a_quote_is_pinned_and_booked_with_what_to_run(api, harbour, offer):
    answer = api.post("quotes/pinned", wish(offer, gpu_count=2), key="k")
    told = answer.json()
    assert (answer.status_code, told["state"]) == (201, "pinned")
    assert parse_datetime(told["hold_expires_at"]) > now()
    assert answer["Location"] == f"/api/v1/reservations/{told['id']}"
    assert not Hold.objects.exists()
    path = f"reservations/{told['id']}/confirm"
    assert places(refused(api.post(path), 422, "refused")) == ["#/workload"]
    refused(api.post(path, {"workload": RUN}), 402, "insufficient-funds")
    make.funded(harbour)
    assert api.post(path, {"workload": RUN}).json()["state"] == "confirmed"
    assert Hold.objects.get().amount == 2 * PRICE


def test_a_quote_sent_again_is_the_same_quote(api, offer):
    content = wish(offer)
    first = api.post("quotes/pinned", content, key="k").json()
    assert api.post("quotes/pinned", content, key="k").json()["id"] == first["id"]
    other = api.post("quotes/pinned", {**content, "gpu_count": 2}, key="k")
    refused(other, 422, "idempotency-key-reused")
    assert Reservation.objects.count() == 1


def test_too_many_quotes_are_refused(api, open_market):
    for _ in range(5):
        assert api.post("quotes/pinned", wish(make.offer())).status_code == 201
    refused(api.post("quotes/pinned", wish(make.offer())), 409, "too-many-quotes")


def test_the_terms_are_shown_with_an_offer_and_frozen_in_a_quote(api, dear):
    steps = [{"hours": 48, "share_bps": 10_000}]
    offered = api.get(f"offers/{dear.public_id}").json()["terms"]
    assert offered["cancellation"]["steps"] == steps
    told = api.post("quotes/pinned", wish(dear)).json()
    catalog.publish_schedule(code="dear", title="Free", steps=[], since=now(), at=now())
    assert api.get(f"reservations/{told['id']}").json()["terms"] == offered == told["terms"]


def test_a_booking_is_made_longer_once(api, harbour, offer):
    row = booked(harbour, offer)
    until = row.during.upper + HOUR
    for _ in range(2):
        answer = api.post(
            f"reservations/{row.public_id}/extend", {"end": until.isoformat()}, key="k"
        )
        assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["kind"], parse_datetime(told["end"])) == ("extended", until)
    listed = api.get(f"reservations/{row.public_id}/changes").json()
    assert listed["results"] == [told]
    assert Hold.objects.filter(amount__gt=0).get().amount == 2 * PRICE


def test_what_another_end_means_is_told_and_changes_nothing(api, harbour, dear):
    row = booked(harbour, dear, hours=4)
    until = row.during.upper - HOUR
    answer = api.post(f"reservations/{row.public_id}/consequence", {"end": until.isoformat()})
    told = answer.json()
    assert (told["fee_micro"], told["cost_micro"], told["back_micro"]) == (PRICE, 3 * PRICE, 0)
    assert not WindowChange.objects.exists()


def test_a_fee_above_what_was_agreed_is_refused_with_the_fee(api, harbour, dear):
    row = booked(harbour, dear, start=now() + HOUR, hours=4)
    end = (row.during.upper - HOUR).isoformat()
    path = f"reservations/{row.public_id}/shorten"
    problem = refused(api.post(path, {"end": end, "agreed_fee_micro": 0}), 409, "fee-changed")
    assert problem["fee_micro"] == PRICE
    cancel = f"reservations/{row.public_id}/cancel"
    assert refused(api.post(cancel, {"agreed_fee_micro": 1}), 409, "fee-changed")
    assert not WindowChange.objects.exists()
    assert api.post(path, {"end": end, "agreed_fee_micro": PRICE}).json()["fee_micro"] == PRICE
    for _ in range(2):
        answer = api.post(cancel, {"agreed_fee_micro": 3 * PRICE}, key="c")
        assert answer.json()["state"] == "cancelled"


def test_what_others_booked_is_in_the_way(api, harbour, offer):
    row = booked(harbour, offer, gpus=2)
    booked(make.organisation("Other"), offer, start=row.during.upper)
    end = (row.during.upper + HOUR).isoformat()
    refused(api.post(f"reservations/{row.public_id}/extend", {"end": end}), 409, "window-taken")
    assert not WindowChange.objects.exists()


def test_an_end_that_cannot_be_is_refused_at_its_place(api, harbour, offer):
    row = booked(harbour, offer)
    path = f"reservations/{row.public_id}/extend"
    same = {"end": row.during.upper.isoformat()}
    assert places(refused(api.post(path, same), 422, "refused")) == ["#/end"]
    assert places(refused(api.post(path, {"end": "soon"}), 400, "invalid")) == ["#/end"]
    assert places(refused(api.post(path, {}), 400, "invalid")) == ["#/end"]


@pytest.mark.parametrize("verb", ["extend", "shorten", "consequence"])
def test_strangers_and_others_move_no_end(verb, api, outsider, stranger, harbour, offer):
    row = booked(harbour, offer)
    content = {"end": (row.during.upper + timedelta(minutes=10)).isoformat()}
    path = f"reservations/{row.public_id}/{verb}"
    refused(stranger.post(path, content), 401, "unauthenticated")
    refused(outsider.post(path, content), 404, "not-found")
    refused(outsider.get(f"reservations/{row.public_id}/changes"), 404, "not-found")
    viewer = bearer(make.api_key(harbour, make.member(harbour, "viewer")))
    status = viewer.post(path, content).status_code
    assert status == (200 if verb == "consequence" else 403)
    assert not WindowChange.objects.exists()
    assert Lease.objects.get().during == row.during
