"""Bids through the API."""

import pytest

from marketplace.brokerage.models import Reservation
from tests import make
from tests.api.asking import ask, later, places, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def bids(open_market):
    return make.offer(spot_floor_micro=800_000)


def test_an_offer_says_what_it_takes_and_can_be_found_by_it(api, bids):
    make.offer()
    spot = {"floor_micro": 800_000, "notice_s": 120, "minimum_s": 600}
    found = api.get("offers", q="spot <= $0.80").json()["results"]
    assert [row["id"] for row in found] == [str(bids.public_id)]
    assert found[0]["terms"]["spot"] == spot
    for order in ("spot", "-spot"):
        rows = api.get("offers", q=f"count >= 1 order by {order}").json()["results"]
        assert [row["terms"]["spot"] for row in rows] == [spot, None], order


def test_a_bid_is_its_price(api, harbour, bids):
    make.funded(harbour)
    content = ask(bids, spot_bid_micro=1_000_000)
    priced = api.post("quotes", content_of(content)).json()
    assert (priced["cost_micro"], priced["price_micro_per_gpu_hour"]) == (1_000_000, 1_000_000)
    told = api.post("reservations", content).json()
    assert (told["interruptible"], told["evict_at"]) == (True, None)
    assert (told["price_micro_per_gpu_hour"], told["cost_micro"]) == (1_000_000, 1_000_000)


def content_of(content):
    return {name: value for name, value in content.items() if name != "workload"}


def test_the_same_key_with_another_bid_is_another_content(api, harbour, bids):
    make.funded(harbour)
    content = ask(bids, spot_bid_micro=1_000_000)
    api.post("reservations", content, key="once")
    answer = api.post("reservations", content | {"spot_bid_micro": 1_000_001}, key="once")
    refused(answer, 422, "idempotency-key-reused")
    assert Reservation.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"spot_bid_micro": 799_999}, "/spot_bid_micro"),
        ({"spot_bid_micro": 0}, "/spot_bid_micro"),
        ({"spot_bid_micro": 900_000, "start": later(hours=1), "end": later(hours=2)}, "/start"),
        ({"spot_bid_micro": 900_000, "end": later(minutes=9)}, "/end"),
    ],
)
def test_what_is_not_taken_is_named_and_leaves_nothing(api, harbour, bids, changes, place):
    make.funded(harbour)
    answer = api.post("reservations", ask(bids) | changes)
    assert place in "".join(places(answer.json())), answer.content
    assert answer.status_code in (400, 422)
    assert not Reservation.objects.exists()


def test_a_quote_to_be_pinned_takes_no_bid(api, bids):
    answer = api.post("quotes/pinned", content_of(ask(bids, spot_bid_micro=900_000)))
    assert answer.status_code in (400, 404, 422)
    assert not Reservation.objects.exists()
