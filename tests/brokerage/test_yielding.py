"""What bids alone hold is said to who pays the full price; nothing else is."""

from datetime import timedelta

import pytest

from marketplace.brokerage import services as brokerage
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
FLOOR = 800_000


@pytest.fixture
def offer(market):
    return make.offer(gpus=4, spot_floor_micro=FLOOR)


def rented(offer, **facts):
    renter = make.organisation("R")
    make.funded(renter)
    return make.reservation(renter, offer, **facts)


def after_notice(offer, start=NOON, hours=1):
    found = brokerage.free_after_notice(offers=[offer], start=start, end=start + hours * HOUR)
    return found.get(offer.pk, 0)


def test_gpus_on_a_bid_are_counted_and_others_are_not(offer):
    assert after_notice(offer) == 0
    rented(offer, gpus=2, hours=2, spot_bid_micro=FLOOR)
    rented(offer, gpus=1, hours=2)
    assert after_notice(offer) == 2
    assert after_notice(offer, start=NOON + 2 * HOUR) == 0


def test_a_gpu_that_somebody_else_has_later_is_not_won(offer):
    rented(offer, gpus=4, hours=1, spot_bid_micro=FLOOR)
    rented(offer, gpus=1, start=NOON + HOUR, hours=1)
    assert after_notice(offer, hours=2) == 3


def test_who_was_told_to_go_is_not_asked_again(offer):
    row = rented(offer, gpus=4, hours=4, spot_bid_micro=FLOOR)
    make.started(row)
    at = NOON + HOUR
    full = rented(offer, gpus=4, at=at, start=at + HOUR, hours=1)
    assert full.state == "confirmed"
    assert after_notice(offer, start=at) == 0


def test_offers_that_take_no_bids_cost_no_query(market, django_assert_num_queries):
    plain = make.offer()
    with django_assert_num_queries(0):
        assert after_notice(plain) == 0


def test_it_is_what_the_broker_can_make_room_for(offer):
    row = rented(offer, gpus=4, hours=4, spot_bid_micro=FLOOR)
    make.started(row)
    at = NOON + timedelta(minutes=30)
    assert after_notice(offer, start=at) == 4
    assert rented(offer, gpus=4, at=at, start=at + HOUR).state == "confirmed"
