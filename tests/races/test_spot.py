"""Full price, bids and longer ends on one GPU at the same instant, and what the guards are for."""

from datetime import timedelta

import pytest
from django.db import connection

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Notice, Reservation, WindowChange
from marketplace.brokerage.services import brokering, contending, planning
from marketplace.ledger import services as ledger
from tests import make
from tests.make import HOUR, NOON
from tests.race import together

pytestmark = pytest.mark.django_db(transaction=True)
real_board = brokering.Board
GUARD = next(c for c in Lease._meta.constraints if c.name == "lease_gpu_sold_once")
FLOOR = 800_000
AT = NOON + HOUR
TOLD = AT + timedelta(minutes=2, seconds=30)


@pytest.fixture
def unguarded():
    with connection.schema_editor() as editor:
        editor.remove_constraint(Lease, GUARD)
    yield
    Lease.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Lease, GUARD)


@pytest.fixture
def unowed():
    """The trigger that keeps notice and minimum is away."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE brokerage_windowchange DISABLE TRIGGER eviction_keeps_terms")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE brokerage_windowchange ENABLE TRIGGER eviction_keeps_terms")


def renter(name):
    made = make.organisation(name)
    make.funded(made)
    return made


def spot(offer, bid=1_000_000, name="Spot", at=NOON):
    row = make.reservation(
        renter(name), offer, start=at, at=at, hours=4, spot_bid_micro=bid, key="k"
    )
    make.started(row, at=at)
    return row


def open_request(offer, name, *, at=AT, **facts):
    ask = make.ask(offer, start=at, **facts)
    return brokerage.request(renter=renter(name), by=None, ask=ask, key="k", at=at)


def broker(row, at=AT):
    return lambda: brokerage.broker(reservation=Reservation.objects.get(pk=row.pk), at=at)


def states(rows):
    return sorted(Reservation.objects.filter(pk__in=[row.pk for row in rows]).values_list("state"))


def sound():
    assert brokerage.sold_twice() == []
    assert brokerage.illegal() == []
    assert ledger.verify() == []


def test_eight_at_the_full_price_make_one_bid_give_way_once(market):
    offer = make.offer(spot_floor_micro=FLOOR)
    row = spot(offer)
    rows = [open_request(offer, f"R{number}") for number in range(8)]
    assert together(*map(broker, rows)) == [None] * 8
    assert [state for (state,) in states(rows)] == ["confirmed"] + ["refused"] * 7
    row.refresh_from_db()
    assert (row.state, row.evict_at) == ("active", TOLD)
    assert WindowChange.objects.get().kind == Notice.objects.get().kind == "evicted"
    sound()


def test_of_crossing_bids_the_full_price_and_the_highest_win(market):
    """Two GPUs, two low bids; two higher bids and one full price want them at once."""
    offer = make.offer(gpus=2, spot_floor_micro=FLOOR)
    low = [spot(offer, 900_000 + number, f"L{number}") for number in range(2)]
    higher = [open_request(offer, f"H{n}", spot_bid_micro=1_000_000 + n) for n in range(2)]
    full = open_request(offer, "Full")
    assert together(*map(broker, [*higher, full])) == [None] * 3
    told = Reservation.objects.filter(pk__in=[row.pk for row in low], evict_at__isnull=False)
    assert told.count() == 2
    booked = [state for (state,) in states([*higher, full])]
    assert booked == ["confirmed", "confirmed", "refused"]
    sound()


@pytest.mark.parametrize("turn", range(3))
def test_made_longer_stopped_or_told_to_go_never_two_of_them_half(turn, market):
    offer = make.offer(spot_floor_micro=FLOOR)
    row, full = spot(offer), None
    full = open_request(offer, "Full")

    def seen():
        return Reservation.objects.select_related("renter__party", "offer").get(pk=row.pk)

    def extend():
        until = NOON + 5 * HOUR
        return brokerage.extend(reservation=seen(), until=until, key="x", by=None, at=AT)

    def stop():
        return brokerage.stop(reservation=seen(), by=None, at=AT)

    outcome = together(broker(full), extend, *([stop] if turn == 2 else []))
    assert outcome[0] is None
    full.refresh_from_db()
    row.refresh_from_db()
    assert full.state == "confirmed"
    if row.state == "active":
        assert row.evict_at == row.during.upper == TOLD
    sound()


@pytest.mark.parametrize("where", ["alone", "batch"])
def test_who_goes_by_himself_between_two_looks_leaves_room(where, market, monkeypatch):
    """He could have been asked to go until he went, so whoever pays in full is not refused."""
    offer = make.offer(spot_floor_micro=FLOOR)
    row, gone = spot(offer), []

    def look(asked):
        board = real_board(asked)
        if not gone:
            gone.append(brokerage.stop(reservation=row, by=None, at=AT))
        return board

    full = open_request(offer, "Full")
    monkeypatch.setattr(brokering if where == "alone" else planning, "Board", look)
    if where == "alone":
        broker(full)()
    else:
        brokerage.broker_open(at=AT)
    full.refresh_from_db()
    row.refresh_from_db()
    assert (full.state, row.evict_at, len(gone)) == ("confirmed", None, 1)
    sound()


def test_batches_of_many_workers_make_room_once(market):
    offer = make.offer(gpus=4, spot_floor_micro=FLOOR)
    for number in range(4):
        spot(offer, 900_000 + number, f"L{number}")
    rows = [open_request(offer, f"R{number}", gpus=1 + number % 2) for number in range(8)]
    outcome = together(*[lambda: brokerage.broker_open(at=AT)] * 8)
    assert not [one for one in outcome if isinstance(one, Exception)]
    assert not Reservation.objects.filter(pk__in=[row.pk for row in rows], state="requested")
    taken = Reservation.objects.filter(pk__in=[row.pk for row in rows], state="confirmed")
    assert sum(taken.values_list("gpu_count", flat=True)) == 4
    assert WindowChange.objects.filter(kind="evicted").count() == 4
    sound()


def blind(asked):
    """A look that sees no lease."""
    board = real_board(asked)
    for one in asked:
        for host in board.hosts(one):
            host.leases.clear()
    return board


def test_control_without_the_constraint_nobody_goes_and_all_have_it(market, unguarded, monkeypatch):
    """If this stops overselling, the races above prove nothing."""
    offer = make.offer(spot_floor_micro=FLOOR)
    spot(offer)
    rows = [open_request(offer, f"R{number}") for number in range(2)]
    monkeypatch.setattr(brokering, "Board", blind)
    assert together(*map(broker, rows)) == [None] * 2
    assert [state for (state,) in states(rows)] == ["confirmed"] * 2
    assert brokerage.sold_twice()


def too_soon(row, *, at):
    """What a broker with a mistake in it would think."""
    return at


def test_a_broker_that_forgets_what_is_owed_is_stopped_by_the_database(market, monkeypatch):
    offer = make.offer(spot_floor_micro=FLOOR)
    row = spot(offer)
    monkeypatch.setattr(contending, "soonest", too_soon)
    full = open_request(offer, "Full", at=NOON + timedelta(minutes=1))
    broker(full, at=NOON + timedelta(minutes=1))()
    full.refresh_from_db()
    row.refresh_from_db()
    assert (full.state, row.evict_at) == ("refused", None)
    assert not WindowChange.objects.exists()


def test_control_without_the_trigger_it_ends_within_its_minimum(market, unowed, monkeypatch):
    """If this stops ending it too soon, the test above proves nothing."""
    offer = make.offer(spot_floor_micro=FLOOR)
    row = spot(offer)
    monkeypatch.setattr(contending, "soonest", too_soon)
    full = open_request(offer, "Full", at=NOON + timedelta(minutes=1))
    broker(full, at=NOON + timedelta(minutes=1))()
    row.refresh_from_db()
    assert row.evict_at == NOON + timedelta(minutes=1), "at once, one minute after it began"
