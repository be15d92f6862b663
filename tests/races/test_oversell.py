"""Never one GPU sold twice: eight threads on one window, and what happens without the guard."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Assignment, Lease, Reservation
from marketplace.brokerage.services import brokering
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Hold
from tests import make
from tests.make import HOUR, NOON
from tests.race import all_have_called, together

pytestmark = pytest.mark.django_db(transaction=True)
GUARD = next(c for c in Lease._meta.constraints if c.name == "lease_gpu_sold_once")
WINDOW = (NOON, NOON + HOUR)


@pytest.fixture
def offer(market):
    return make.offer(gpus=1)


@pytest.fixture
def unguarded():
    with connection.schema_editor() as editor:
        editor.remove_constraint(Lease, GUARD)
    yield
    Lease.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Lease, GUARD)


def requests(offer, count):
    """One funded renter and one open request each; every request saw the GPU free."""
    for place in range(count):
        renter = make.organisation(f"Renter {place}")
        make.funded(renter, 10_000_000)
        yield brokerage.request(renter=renter, by=None, ask=make.ask(offer), key="mine", at=NOON)


def race(offer, count=8):
    calls = [
        lambda pk=row.pk: brokerage.broker(reservation=Reservation.objects.get(pk=pk), at=NOON)
        for row in requests(offer, count)
    ]
    outcome = together(*calls)
    assert outcome == [None] * count


def test_eight_brokers_one_gpu_one_reservation(offer):
    race(offer)
    states = sorted(Reservation.objects.values_list("state", flat=True))
    assert states == ["confirmed"] + ["refused"] * 7
    assert Lease.objects.live().count() == 1
    assert Assignment.objects.count() == 1
    assert [hold.amount for hold in Hold.objects.all()] == [2_400_000]


def test_control_without_the_constraint_it_oversells(offer, unguarded, monkeypatch):
    """If this stops overselling, the race above proves nothing."""
    monkeypatch.setattr(brokering, "Board", all_have_called(brokering.Board, 8))
    race(offer)
    assert Lease.objects.live().filter(during__overlap=WINDOW).count() > 1
    assert Reservation.objects.filter(state="confirmed").count() > 1


def test_two_brokers_on_one_request_hold_once(offer):
    [row] = requests(offer, 1)
    call = lambda: brokerage.broker(reservation=Reservation.objects.get(pk=row.pk), at=NOON)  # noqa: E731
    assert together(call, call, call, call) == [None] * 4
    row.refresh_from_db()
    assert row.state == "confirmed"
    assert Lease.objects.count() == 1
    assert Hold.objects.count() == 1


def test_one_key_sent_eight_times_at_once_is_one_reservation(offer, alice, harbour):
    make.funded(harbour)
    ask = make.ask(offer)
    rows = together(
        *[lambda: brokerage.request(renter=harbour, by=alice, ask=ask, key="once", at=NOON)] * 8
    )
    assert {row.pk for row in rows} == {Reservation.objects.get().pk}


def test_one_wallet_pays_for_as_many_as_it_can(market):
    """Sixteen brokers, money for three: three bookings and not a micro-unit below zero."""
    renter = make.organisation("Renter")
    wallet = make.funded(renter, 3 * 2_400_000 + 1)
    rows = [
        brokerage.request(
            renter=renter, by=None, ask=make.ask(make.offer()), key=str(place), at=NOON
        )
        for place in range(8)
    ]
    together(
        *[
            lambda pk=row.pk: brokerage.broker(reservation=Reservation.objects.get(pk=pk), at=NOON)
            for row in rows
        ]
    )
    assert Reservation.objects.filter(state="confirmed").count() == 3
    assert Reservation.objects.filter(state="refused").count() == 5
    assert Lease.objects.count() == 3
    assert ledger.balance(account=wallet).available == 1


def test_crossed_pairs_do_not_deadlock(market, monkeypatch):
    """Two brokers that pick the same two GPUs take them in the same order."""
    offer = make.offer(gpus=2)
    for turn in range(5):
        start = NOON + turn * HOUR
        rows = []
        for place in range(2):
            renter = make.organisation(f"R{turn}{place}")
            make.funded(renter)
            ask = make.ask(offer, gpus=2, start=start)
            rows.append(brokerage.request(renter=renter, by=None, ask=ask, key="k", at=NOON))
        together(
            *[
                lambda pk=row.pk: brokerage.broker(
                    reservation=Reservation.objects.get(pk=pk), at=NOON
                )
                for row in rows
            ]
        )
        states = Reservation.objects.filter(pk__in=[r.pk for r in rows])
        assert sorted(states.values_list("state", flat=True)) == ["confirmed", "refused"]


def test_control_unordered_pairs_deadlock(market):
    offer = make.offer(gpus=2)
    gpus = list(offer.machine.gpus.order_by("pk"))
    assignments = [
        Assignment.objects.create(
            reservation=make.bare_reservation(make.organisation(f"D{place}"), offer),
            machine=offer.machine,
        )
        for place in range(2)
    ]

    take_one = all_have_called(Lease.objects.create, 2)

    def take(assignment, order):
        with transaction.atomic():
            for gpu in order:
                take_one(assignment=assignment, gpu=gpu, during=WINDOW)

    outcome = together(lambda: take(assignments[0], gpus), lambda: take(assignments[1], gpus[::-1]))
    assert any(isinstance(o, OperationalError) and "deadlock" in str(o) for o in outcome)


def test_two_sweeps_expire_a_hold_once(offer, harbour):
    wallet = make.funded(harbour, 10_000_000)
    row = make.reservation(harbour, offer, auto_confirm=False)
    late = NOON + timedelta(minutes=10)
    call = lambda: brokerage.expire(reservation=Reservation.objects.get(pk=row.pk), at=late)  # noqa: E731
    outcome = together(call, call)
    assert outcome.count(None) >= 1
    row.refresh_from_db()
    assert row.state == "expired"
    assert ledger.balance(account=wallet).available == 10_000_000
