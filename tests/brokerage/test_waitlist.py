"""Those who wait: whose turn it is, what is served, and what lapses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from marketplace.brokerage import services as brokerage
from marketplace.brokerage import tasks
from marketplace.brokerage.models import Notice, Reservation, Waiting
from marketplace.brokerage.queueing import PATIENCE, Fit, Waiter, in_turn, served
from marketplace.brokerage.services import Wish
from marketplace.brokerage.services.brokering import TAKEN
from marketplace.brokerage.waiting import WAITS
from marketplace.core.idempotency import KeyReused
from marketplace.core.states import IllegalMove
from tests import make
from tests.make import HOUR, NOON

PRICE = 2_400_000
MINUTE = timedelta(minutes=1)
waiters = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 1000)), max_size=20).map(
    lambda rows: [Waiter(pk, org, NOON + at * MINUTE) for pk, (org, at) in enumerate(rows)]
)


def line(*rows):
    """(organisation, minutes after noon) of each."""
    return [Waiter(pk, org, NOON + at * MINUTE) for pk, (org, at) in enumerate(rows)]


def order(rows, at=NOON + HOUR):
    return [one.pk for one in in_turn(rows, at=at)]


def test_first_come_first_served_one_of_each_in_turn():
    assert order(line((1, 0), (1, 1), (1, 2), (2, 3), (3, 4), (2, 5))) == [0, 3, 4, 1, 5, 2]


def test_who_was_patient_is_not_passed():
    rows = line((1, 0), (1, 10), (2, 20))
    assert order(rows) == [0, 2, 1]
    assert order(rows, at=NOON + PATIENCE + 10 * MINUTE) == [0, 1, 2]


@given(waiters, st.integers(0, 2000))
def test_the_line_holds_everybody_once_and_each_in_its_own_order(rows, minutes):
    turns = in_turn(rows, at=NOON + minutes * MINUTE)
    assert sorted(turns) == sorted(rows)
    for organisation in {one.organisation for one in rows}:
        mine = [one for one in turns if one.organisation == organisation]
        assert mine == sorted(mine, key=lambda one: (one.asked_at, one.pk))


@given(waiters, st.data())
def test_asking_more_never_moves_oneself_forward(rows, data):
    at = NOON + HOUR
    mine = Waiter(900, 1, NOON + data.draw(st.integers(0, 1000)) * MINUTE)
    before = in_turn([*rows, mine], at=at).index(mine)
    more = Waiter(901, 1, NOON + data.draw(st.integers(0, 1000)) * MINUTE)
    assert in_turn([*rows, mine, more], at=at).index(mine) >= before


@pytest.mark.parametrize(
    ("fits", "waited", "expected"),
    [
        ([Fit.NO_ROOM, Fit.SERVED], HOUR, [1]),
        ([Fit.NO_ROOM, Fit.SERVED], PATIENCE + HOUR, []),
        ([Fit.OWN, Fit.SERVED], PATIENCE + HOUR, [1]),
        ([Fit.SERVED, Fit.SERVED], PATIENCE + HOUR, [0, 1]),
    ],
)
def test_only_the_patient_bar_the_line(fits, waited, expected):
    rows = line((1, 0), (2, 0))
    turns = zip(rows, fits, strict=True)
    assert [one.pk for one in served(turns, at=NOON + waited)] == expected


pytestmark_db = pytest.mark.django_db


@pytest.fixture
def offer(market):
    return make.offer(gpus=1)


def wish(offer, **facts):
    known = {
        "chip": offer.chip,
        "gpu_count": 1,
        "length": HOUR,
        "earliest": NOON,
        "latest": NOON + 24 * HOUR,
        "limit_micro": PRICE,
        "workload": {"command": ["sleep", "60"]},
    }
    return Wish(**{**known, **facts})


def wait(renter, offer, key="w", at=NOON, **facts):
    return brokerage.wait(renter=renter, by=None, wish=wish(offer, **facts), key=key, at=at)


def serve(at=NOON):
    return brokerage.serve(at=at)


@pytestmark_db
def test_its_turn_comes_when_gpus_fall_free(harbour, offer):
    other = make.organisation("Other")
    make.funded(other)
    make.funded(harbour)
    taken = make.reservation(other, offer, hours=2)
    row = wait(harbour, offer)
    assert serve() == 0
    row.refresh_from_db()
    assert (row.state, row.reason) == ("waiting", "no such GPUs are free at that price")
    brokerage.cancel(reservation=taken, by=None, at=NOON)
    assert serve() == 1
    row.refresh_from_db()
    assert (row.state, row.reason) == ("served", "")
    assert (row.reservation.state, row.reservation.renter) == ("confirmed", harbour)
    assert row.reservation.price_micro_per_gpu_hour == PRICE
    assert Notice.objects.get().kind == "served"
    assert serve() == 0
    assert Reservation.objects.count() == 2


@pytestmark_db
def test_never_above_the_limit_and_the_cheapest_first(harbour, offer):
    make.funded(harbour)
    row = wait(harbour, offer, limit_micro=PRICE - 1)
    assert serve() == 0
    cheap = make.offer(price_micro=PRICE - 100)
    make.offer(price_micro=PRICE - 50)
    assert serve() == 1
    row.refresh_from_db()
    assert row.reservation.offer == cheap


@pytestmark_db
@pytest.mark.parametrize(
    ("facts", "fits"),
    [
        ({"country": "SG"}, False),
        ({"country": "MY"}, True),
        ({"gpu_count": 2}, False),
        ({"earliest": NOON + HOUR}, False),
    ],
)
def test_what_is_offered_must_fit(facts, fits, harbour, offer):
    make.funded(harbour)
    wait(harbour, offer, **facts)
    assert serve() == int(fits)


@pytestmark_db
def test_turns_are_kept_when_there_is_one_gpu(harbour, offer):
    other = make.organisation("Other")
    for renter in (harbour, other):
        make.funded(renter)
    rows = [
        wait(harbour, offer, key="a"),
        wait(harbour, offer, key="b", at=NOON + MINUTE),
        wait(other, offer, key="c", at=NOON + 2 * MINUTE),
    ]
    places = brokerage.places(waiting=rows, at=NOON + 3 * MINUTE)
    assert [(places[row.pk].position, places[row.pk].of) for row in rows] == [
        (1, 3),
        (3, 3),
        (2, 3),
    ]
    assert serve(NOON + 3 * MINUTE) == 1
    states = [Waiting.objects.get(pk=row.pk).state for row in rows]
    assert states == ["served", "waiting", "waiting"]


@pytestmark_db
def test_a_large_request_that_was_patient_is_not_starved(harbour, market):
    other = make.organisation("Other")
    for renter in (harbour, other):
        make.funded(renter)
    offer = make.offer(gpus=2)
    busy = make.reservation(other, offer, start=NOON + PATIENCE, hours=2)
    large = wait(harbour, offer, key="large", gpu_count=2)
    small = wait(other, offer, key="small", at=NOON + HOUR)
    late = NOON + PATIENCE
    assert serve(late) == 0
    brokerage.cancel(reservation=busy, by=None, at=late)
    assert serve(late) == 1
    large.refresh_from_db()
    small.refresh_from_db()
    assert (large.state, small.state) == ("served", "waiting")


@pytestmark_db
def test_what_cannot_be_paid_goes_on_waiting_and_holds_nobody_up(harbour, offer):
    other = make.organisation("Other")
    make.funded(other)
    make.funded(harbour, PRICE - 1)
    poor = wait(harbour, offer, key="a")
    wait(other, offer, key="b", at=NOON + MINUTE)
    assert serve(NOON + PATIENCE + HOUR) == 1
    poor.refresh_from_db()
    assert (poor.state, poor.reason[:30]) == ("waiting", "the wallet does not cover it; ")


@pytestmark_db
def test_a_deadline_that_passes_lapses_with_a_reason(harbour, offer):
    row = wait(harbour, offer, latest=NOON + HOUR)
    serve(NOON + HOUR + MINUTE)
    row.refresh_from_db()
    assert (row.state, row.reason) == ("lapsed", "no such GPUs were free in time")
    assert brokerage.places(waiting=[row], at=NOON) == {}


@pytestmark_db
@pytest.mark.parametrize(
    ("reason", "state"), [(TAKEN, "waiting"), ("not available to your organisation", "lapsed")]
)
def test_who_lost_the_gpus_stands_where_it_stood(reason, state, harbour, offer, monkeypatch):
    make.funded(harbour)
    monkeypatch.setattr("marketplace.brokerage.services.lining_up.broker", lambda **_: None)
    row = wait(harbour, offer)
    assert serve() == 1
    Reservation.objects.update(state="refused", reason=reason)
    Waiting.objects.update(earliest=NOON + HOUR)
    serve(NOON + MINUTE)
    row.refresh_from_db()
    assert (row.state, row.reason, row.reservation_id) == (state, reason, None)
    if state == "waiting":
        assert row.created_at == NOON
        assert serve(NOON + HOUR) == 1
        assert Reservation.objects.count() == 2


@pytestmark_db
def test_who_is_refused_by_screening_does_not_wait_on(offer):
    unknown = make.organisation("Unknown", party=make.party("Nobody Ltd", country=""))
    make.funded(unknown)
    row = wait(unknown, offer)
    serve()
    serve()
    row.refresh_from_db()
    assert row.state == "lapsed"
    assert row.reason


@pytestmark_db
def test_same_key_stands_once_and_it_may_leave(harbour, offer, alice):
    row = wait(harbour, offer)
    assert wait(harbour, offer).pk == row.pk
    with pytest.raises(KeyReused):
        wait(harbour, offer, gpu_count=2)
    brokerage.withdraw(waiting=row, by=alice, at=NOON)
    with pytest.raises(IllegalMove):
        brokerage.withdraw(waiting=row, by=alice, at=NOON)
    make.funded(harbour)
    assert serve() == 0


@pytestmark_db
def test_an_organisation_has_so_many_in_line(harbour, offer):
    for number in range(WAITS):
        wait(harbour, offer, key=f"w{number}")
    with pytest.raises(brokerage.TooManyWaiting):
        wait(harbour, offer, key="one too many")
    assert wait(make.organisation("Other"), offer).state == "waiting"
    row = Waiting.objects.get(idempotency_key="w3")
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiting.objects.filter(idempotency_key="w4").update(slot=row.slot)
    brokerage.withdraw(waiting=row, by=None, at=NOON)
    assert wait(harbour, offer, key="again").slot == row.slot


@pytestmark_db
@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"gpu_count": 0}, "gpu_count"),
        ({"limit_micro": 0}, "limit_micro_per_gpu_hour"),
        ({"length": MINUTE}, "length_s"),
        ({"latest": NOON - HOUR}, "latest"),
        ({"earliest": NOON + 25 * HOUR}, "latest"),
        ({"latest": NOON + 90 * 24 * HOUR}, "latest"),
        ({"workload": {}}, "workload"),
    ],
)
def test_what_cannot_be_waited_for_names_its_field(facts, field, harbour, offer):
    with pytest.raises(brokerage.BadAsk) as refused:
        wait(harbour, offer, **facts)
    assert refused.value.field == field
    assert not Waiting.objects.exists()


@pytestmark_db
def test_the_sweep_serves(harbour, offer, monkeypatch):
    make.funded(harbour)
    row = wait(harbour, offer)
    monkeypatch.setattr(tasks, "now", lambda: NOON)
    tasks.serve_waiting()
    row.refresh_from_db()
    assert row.state == "served"
