"""Rentals on a bid: what is taken, who gives way to whom, when, and what is left untouched."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, transaction
from psycopg.types.range import TimestamptzRange

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Notice, Reservation, WindowChange
from marketplace.core.states import IllegalMove
from marketplace.ledger import services as ledger
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
PRICE, FLOOR = 2_400_000, 800_000
MINUTE = timedelta(minutes=1)
ROOM = timedelta(seconds=30)
RUN = {"command": ["sleep", "60"]}


def spot_offer(**facts):
    return make.offer(**{"gpus": 1, "spot_floor_micro": FLOOR, "cleaning_s": 60, **facts})


def renter(name="R", **facts):
    made = make.organisation(name, **facts)
    make.funded(made)
    return made


def spot(offer, bid=1_000_000, *, at=NOON, run=True, who="Spot", **facts):
    """A rental on a bid that runs since `at`."""
    row = make.reservation(
        renter(who), offer, at=at, start=at, spot_bid_micro=bid, **{"hours": 4, **facts}
    )
    assert row.state == "confirmed", row.reason
    if run:
        make.started(row, at=at)
    return row


def asked(offer, *, at, **facts):
    ask = make.ask(offer, **{"start": at, **facts})
    return {"renter": renter("Full"), "by": None, "ask": ask, "key": "k", "at": at}


def booked(offer, *, at, **facts):
    row = brokerage.request(**asked(offer, at=at, **facts))
    brokerage.broker(reservation=row, at=at)
    return row


def everything():
    return (
        list(Lease.objects.order_by("pk").values_list("pk", "during", "state")),
        list(Reservation.objects.order_by("pk").values_list("pk", "state", "during", "evict_at")),
        WindowChange.objects.count(),
        Notice.objects.count(),
    )


def sound():
    assert brokerage.sold_twice() == []
    assert brokerage.illegal() == []
    assert ledger.verify() == []


# what may be bid for


def test_a_bid_is_what_is_paid_and_held(market):
    row = spot(spot_offer(), bid=1_000_000, run=False)
    assert (row.interruptible, row.price_micro_per_gpu_hour) == (True, 1_000_000)
    assert row.hold.amount == 4 * 1_000_000
    assert row.evict_at is None
    sound()


@pytest.mark.parametrize(
    ("bid", "facts", "field", "says"),
    [
        (FLOOR - 1, {}, "spot_bid_micro", "must be from 0.80, the least, to 2.40 per GPU-hour"),
        (PRICE + 1, {}, "spot_bid_micro", "must be from 0.80, the least, to 2.40 per GPU-hour"),
        (FLOOR, {"start": NOON + HOUR}, "start", "must be now"),
        (FLOOR, {"end": NOON + 9 * MINUTE}, "end", "must be at least 10 minutes after"),
        (FLOOR, {"together": "site"}, "together", "must be the machine of the offer"),
    ],
)
def test_what_is_not_taken_on_a_bid_says_why_and_leaves_nothing(market, bid, facts, field, says):
    from marketplace.brokerage.placement import Together

    facts = {key: Together(value) if key == "together" else value for key, value in facts.items()}
    with pytest.raises(brokerage.BadAsk, match=says) as refusal:
        brokerage.request(**asked(spot_offer(), at=NOON, spot_bid_micro=bid, **facts))
    assert refusal.value.field == field
    assert not Reservation.objects.exists()


def test_an_offer_without_a_floor_takes_no_bids(market):
    with pytest.raises(brokerage.BadAsk, match="rented without interruption"):
        brokerage.request(**asked(make.offer(), at=NOON, spot_bid_micro=PRICE))
    assert not Reservation.objects.exists()


@pytest.mark.parametrize(
    "terms",
    [
        {"spot_floor_micro": 0},
        {"spot_floor_micro": PRICE + 1},
        {"spot_floor_micro": FLOOR, "notice_s": 1},
        {"spot_notice_s": 119},
        {"spot_notice_s": 901},
        {"spot_minimum_s": 599},
        {"spot_minimum_s": 3601},
    ],
)
def test_no_offer_promises_less_than_what_is_published(db, terms):
    with pytest.raises(IntegrityError, match="offer_spot"):
        make.offer(**terms)


def test_the_terms_of_an_offer_stay(db):
    row = spot_offer()
    for change in ({"spot_floor_micro": 1}, {"spot_notice_s": 300}, {"spot_minimum_s": 900}):
        with pytest.raises(ProgrammingError, match="frozen"), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**change)


# giving way


def test_the_full_price_goes_before_a_bid_after_notice_and_cleaning(market):
    offer = spot_offer()
    row = spot(offer)
    at = NOON + HOUR
    full = booked(offer, at=at)
    row.refresh_from_db()
    leaves = at + 2 * MINUTE + ROOM
    assert (row.evict_at, row.during.upper, row.state) == (leaves, leaves, "active")
    assert full.state == "confirmed"
    assert full.during == TimestamptzRange(leaves + MINUTE, leaves + MINUTE + HOUR)
    change = row.changes.get()
    assert (change.kind, change.was_until, change.until) == ("evicted", NOON + 4 * HOUR, leaves)
    assert (change.fee_micro, change.at) == (0, at)
    notice = row.notices.get()
    assert (notice.kind, notice.about) == ("evicted", leaves)
    lasted = (leaves - NOON) // timedelta(milliseconds=1)
    assert row.hold.amount == 1_000_000 * lasted // 3_600_000
    sound()


def test_its_node_is_told_when_it_goes(market):
    offer = spot_offer()
    row = spot(offer)
    before = row.assignments.get().generation
    booked(offer, at=NOON + HOUR)
    told = brokerage.desired(machine=offer.machine, at=NOON + HOUR)
    first = next(one for one in told if one.reservation_id == row.pk)
    assert first.generation == before + 1
    assert first.reservation.evict_at == NOON + HOUR + 2 * MINUTE + ROOM


def test_within_its_paid_minimum_it_stays_and_the_other_begins_after(market):
    offer = spot_offer()
    row = spot(offer)
    full = booked(offer, at=NOON + 3 * MINUTE)
    row.refresh_from_db()
    assert row.evict_at == NOON + 10 * MINUTE + ROOM
    assert full.during.lower == NOON + 11 * MINUTE + ROOM
    sound()


def test_who_would_have_to_wait_too_long_is_refused_and_nobody_goes(market):
    offer = spot_offer(spot_minimum_s=3600)
    spot(offer)
    before = everything()
    with pytest.raises(brokerage.NotEnoughGpus) as refusal:
        booked(offer, at=NOON + 3 * MINUTE)
    assert refusal.value.free == 0
    assert everything() == before


def test_a_booking_ahead_leaves_it_all_the_time_until_then(market):
    offer = spot_offer()
    row = spot(offer)
    start = NOON + 3 * HOUR
    full = booked(offer, at=NOON + 11 * MINUTE, start=start)
    row.refresh_from_db()
    assert full.during.lower == start
    assert row.evict_at == start - MINUTE
    sound()


def test_what_has_yet_to_begin_is_left_to_begin(market):
    offer = spot_offer()
    row = spot(offer, run=False)
    with pytest.raises(brokerage.NotEnoughGpus):
        booked(offer, at=NOON + 9 * MINUTE)
    late = NOON + 10 * MINUTE
    booked(offer, at=late)
    row.refresh_from_db()
    assert row.evict_at == late + 2 * MINUTE + ROOM
    sound()


def test_a_higher_bid_goes_before_a_lower_one_and_an_equal_one_does_not(market):
    offer = spot_offer()
    row = spot(offer, bid=1_000_000)
    at = NOON + HOUR
    before = everything()
    with pytest.raises(brokerage.NotEnoughGpus):
        booked(offer, at=at, spot_bid_micro=1_000_000)
    assert everything() == before
    higher = booked(offer, at=at, spot_bid_micro=1_000_001)
    row.refresh_from_db()
    assert (higher.state, higher.price_micro_per_gpu_hour) == ("confirmed", 1_000_001)
    assert row.evict_at == at + 2 * MINUTE + ROOM
    sound()


def test_the_lowest_bid_goes_and_only_as_many_as_must(market):
    offer = spot_offer(gpus=3)
    rows = [spot(offer, bid=bid, who=f"S{bid}") for bid in (900_000, 810_000, 850_000)]
    booked(offer, at=NOON + HOUR, gpus=2)
    for row in rows:
        row.refresh_from_db()
    assert [row.evict_at is None for row in rows] == [True, False, False]
    sound()


def test_nobody_goes_where_there_is_room(market):
    offer = spot_offer(gpus=2)
    row = spot(offer)
    full = booked(offer, at=NOON + HOUR)
    row.refresh_from_db()
    assert (row.evict_at, full.during.lower) == (None, NOON + HOUR)


def test_a_hold_and_a_quote_interrupt_nobody(market):
    offer = spot_offer()
    spot(offer)
    before = everything()
    with pytest.raises(brokerage.NotEnoughGpus):
        booked(offer, at=NOON + HOUR, auto_confirm=False)
    with pytest.raises(brokerage.NotEnoughGpus):
        brokerage.pin(**asked(offer, at=NOON + HOUR))
    assert everything() == before


def test_a_full_price_rental_gives_way_to_nobody(market):
    offer = spot_offer()
    make.started(make.reservation(renter(), offer, hours=4))
    before = everything()
    with pytest.raises(brokerage.NotEnoughGpus):
        booked(offer, at=NOON + HOUR)
    assert everything() == before


def test_a_gang_takes_the_places_of_bids_on_several_machines(market):
    from marketplace.brokerage.placement import Together

    first = spot_offer(gpus=2)
    second = spot_offer(machine=make.machine(gpus=2, site=first.machine.site))
    rows = [spot(one, gpus=2, who=f"S{one.pk}") for one in (first, second)]
    full = booked(first, at=NOON + HOUR, gpus=4, together=Together.SITE)
    assert (full.state, full.assignments.count()) == ("confirmed", 2)
    for row in rows:
        row.refresh_from_db()
        assert row.evict_at == NOON + HOUR + 2 * MINUTE + ROOM
    sound()


def test_in_a_batch_the_full_price_comes_first_and_then_the_highest_bid(market):
    offer = spot_offer(gpus=2)
    bids = [
        brokerage.request(
            renter=renter(f"S{bid}"),
            by=None,
            ask=make.ask(offer, hours=1, spot_bid_micro=bid),
            key="k",
            at=NOON,
        )
        for bid in (900_000, 950_000)
    ]
    full = brokerage.request(**asked(offer, at=NOON))
    brokerage.broker_open(at=NOON)
    for row in (*bids, full):
        row.refresh_from_db()
    assert [row.state for row in (*bids, full)] == ["refused", "confirmed", "confirmed"]
    sound()


def test_a_batch_leaves_aside_who_needs_others_to_go(market):
    offer = spot_offer()
    row = spot(offer)
    full = brokerage.request(**asked(offer, at=NOON + HOUR))
    assert brokerage.broker_open(at=NOON + HOUR) >= 1
    full.refresh_from_db()
    row.refresh_from_db()
    assert (full.state, row.evict_at) == ("confirmed", NOON + HOUR + 2 * MINUTE + ROOM)
    sound()


# after it was told


def test_it_ends_when_it_was_told_and_says_why(market):
    offer = spot_offer()
    row = spot(offer)
    booked(offer, at=NOON + HOUR)
    row.refresh_from_db()
    brokerage.end_due(reservation=row, at=row.evict_at - ROOM)
    row.refresh_from_db()
    assert row.state == "active", "not before"
    brokerage.end_due(reservation=row, at=row.evict_at + ROOM)
    row.refresh_from_db()
    assert (row.state, row.ended_at) == ("ended", row.evict_at)
    assert row.reason == "interrupted, as it was told, for who pays the full price or bid more"
    sound()


def test_who_gives_way_is_not_made_longer_nor_told_twice(market):
    offer = spot_offer()
    row = spot(offer)
    full = booked(offer, at=NOON + HOUR)
    brokerage.cancel(reservation=full, by=None, at=NOON + HOUR)
    row.refresh_from_db()
    before = everything()
    with pytest.raises(IllegalMove, match="gives way"):
        brokerage.extend(
            reservation=Reservation.objects.select_related("renter__party", "offer").get(pk=row.pk),
            until=NOON + 4 * HOUR,
            key="x",
            by=None,
            at=NOON + HOUR,
        )
    assert everything() == before
    moved = Reservation.objects.filter(pk=row.pk)
    for change in ({"evict_at": None}, {"evict_at": NOON + 9 * HOUR}):
        with pytest.raises((ProgrammingError, InternalError), match="once"), transaction.atomic():
            moved.update(**change)


def test_stopping_it_or_making_it_shorter_costs_nothing(market):
    from marketplace.catalog import services as catalog

    schedule = catalog.publish_schedule(
        code="all", title="All of it", steps=[[999, 10_000]], since=NOON, at=NOON
    )
    row = spot(spot_offer(schedule=schedule))
    change = brokerage.shorten(
        reservation=row, until=NOON + 3 * HOUR, key="s", by=None, at=NOON + HOUR
    )
    assert change.fee_micro == 0
    row.refresh_from_db()
    brokerage.stop(reservation=row, by=None, at=NOON + 2 * HOUR)
    assert [one.fee_micro for one in row.changes.all()] == [0, 0]


# the database is the judge


def evicted(row, *, at, until):
    return WindowChange.objects.create(
        reservation=row,
        kind="evicted",
        was_until=row.during.upper,
        until=until,
        fee_micro=0,
        at=at,
        idempotency_key="e",
        request_sha256=b"",
    )


@pytest.mark.parametrize(
    ("run", "at", "until", "why"),
    [
        (True, NOON + HOUR, NOON + HOUR + 2 * MINUTE - ROOM, "owed more notice"),
        (True, NOON + MINUTE, NOON + 10 * MINUTE - ROOM, "within its paid minimum"),
        (False, NOON + 9 * MINUTE, NOON + HOUR, "yet to begin"),
        (False, NOON + 10 * MINUTE, NOON + 11 * MINUTE, "owed more notice"),
    ],
)
def test_the_database_refuses_to_end_one_that_is_owed_more(market, run, at, until, why):
    row = spot(spot_offer(), run=run)
    with pytest.raises(IntegrityError, match=why), transaction.atomic():
        evicted(row, at=at, until=until)
    assert not WindowChange.objects.exists()
    evicted(row, at=NOON + HOUR, until=NOON + HOUR + 2 * MINUTE)


def test_the_database_ends_no_full_price_rental_like_that(market):
    row = make.reservation(renter(), spot_offer(), hours=4)
    make.started(row)
    with pytest.raises(IntegrityError, match="may not be interrupted"), transaction.atomic():
        evicted(row, at=NOON + HOUR, until=NOON + 2 * HOUR)


def test_a_bid_does_not_change(market):
    row = spot(spot_offer())
    for change in ({"price_micro_per_gpu_hour": 1}, {"interruptible": False}):
        with pytest.raises((ProgrammingError, InternalError), match="once"), transaction.atomic():
            Reservation.objects.filter(pk=row.pk).update(**change)
