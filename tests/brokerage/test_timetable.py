from datetime import timedelta

import pytest

from marketplace.brokerage import services as brokerage
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def lease(offer, *, first, last, gpus=1, harbour):
    """Take the first GPUs of the offer, hours counted from noon."""
    made = make.bare_reservation(
        harbour, offer, state="confirmed", during=(NOON + first * HOUR, NOON + last * HOUR)
    )
    on = made.assignments.create(machine=offer.machine)
    for gpu in offer.machine.gpus.order_by("index")[:gpus]:
        on.leases.create(gpu=gpu, during=made.during, state="confirmed")
    return made


def hours(offer, *, start=NOON, many=6):
    return brokerage.timetable(offers=[offer], start=start, hours=many)[offer.pk]


def test_every_hour_tells_how_many_gpus_are_free(harbour):
    offer = make.offer(gpus=2)
    lease(offer, first=1, last=3, gpus=1, harbour=harbour)
    assert hours(offer).free == (2, 1, 1, 2, 2, 2)
    assert hours(offer).gpus == 2


@pytest.mark.parametrize(
    ("first", "last", "free"),
    [
        (-2, 1, (0, 1, 1)),
        (2, 9, (1, 1, 0)),
        (-2, 9, (0, 0, 0)),
        (0.5, 1.25, (0, 0, 1)),
        (-2, 0, (1, 1, 1)),
        (3, 4, (1, 1, 1)),
    ],
)
def test_an_hour_that_is_taken_in_part_is_not_free(harbour, first, last, free):
    offer = make.offer(gpus=1)
    lease(offer, first=first, last=last, harbour=harbour)
    assert hours(offer, many=3).free == free


def test_one_lease_after_the_other_within_an_hour_takes_one_gpu(harbour):
    offer = make.offer(gpus=2)
    lease(offer, first=0, last=0.25, harbour=harbour)
    lease(offer, first=0.25, last=0.5, harbour=harbour)
    assert hours(offer, many=1).free == (1,)


def test_what_was_given_back_and_what_cannot_be_rented_does_not_count(harbour):
    offer = make.offer(gpus=3)
    made = lease(offer, first=0, last=6, gpus=1, harbour=harbour)
    made.assignments.get().leases.update(state="released")
    offer.machine.gpus.filter(index=2).update(present=False)
    assert hours(offer, many=2).free == (2, 2)


def test_the_windows_are_the_unbroken_runs(harbour):
    offer = make.offer(gpus=2)
    lease(offer, first=1, last=2, gpus=1, harbour=harbour)
    lease(offer, first=4, last=5, gpus=2, harbour=harbour)
    table = hours(offer)
    at = [NOON + hour * HOUR for hour in range(7)]
    assert table.windows(gpus=2) == [(at[0], at[1]), (at[2], at[4]), (at[5], at[6])]
    assert table.windows(gpus=1) == [(at[0], at[4]), (at[5], at[6])]
    assert table.windows(gpus=3) == []


def test_many_offers_are_looked_at_in_two_queries(harbour, django_assert_num_queries):
    offers = [make.offer(gpus=1) for _ in range(5)]
    lease(offers[3], first=0, last=1, harbour=harbour)
    with django_assert_num_queries(2):
        tables = brokerage.timetable(offers=offers, start=NOON, hours=1)
    assert [tables[offer.pk].free for offer in offers] == [(1,), (1,), (1,), (0,), (1,)]


def test_hours_that_a_bid_alone_takes_are_told_apart(market, django_assert_num_queries):
    offer = make.offer(gpus=4, spot_floor_micro=800_000)
    renter = make.organisation("R")
    make.funded(renter)
    for facts in (
        {"gpus": 2, "hours": 3, "spot_bid_micro": 800_000},
        {"gpus": 1, "hours": 1},
        {"gpus": 4, "start": NOON + 4 * HOUR, "hours": 1},
    ):
        assert make.reservation(renter, offer, **facts).state == "confirmed"
    with django_assert_num_queries(3):
        table = hours(offer)
    assert table.free == (1, 2, 2, 4, 0, 4)
    assert table.after_notice == (2, 2, 2, 0, 0, 0)


def test_who_was_told_to_go_gives_way_to_nobody_else(market):
    offer = make.offer(gpus=2, spot_floor_micro=800_000)
    renter = make.organisation("R")
    make.funded(renter)
    bid = make.reservation(renter, offer, gpus=2, hours=3, spot_bid_micro=800_000)
    assert hours(offer, many=3).after_notice == (2, 2, 2)
    make.started(bid)
    full = make.reservation(renter, offer, gpus=2, at=NOON + HOUR, start=NOON + 2 * HOUR)
    assert full.state == "confirmed"
    table = hours(offer, many=3)
    assert (table.free, table.after_notice) == ((0, 0, 0), (0, 0, 0))


def test_an_offer_without_gpus_has_none_free(harbour):
    offer = make.offer(gpus=1)
    offer.machine.gpus.update(present=False)
    assert hours(offer, many=2) == brokerage.Timetable(NOON, 0, (0, 0))


@pytest.mark.parametrize("many", [0, -1, brokerage.MOST_HOURS + 1])
def test_too_few_or_too_many_hours_are_refused(harbour, many):
    with pytest.raises(ValueError, match="from 1 to 2184 hours"):
        hours(make.offer(), many=many)
