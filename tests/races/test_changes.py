"""Quotes and moving ends at the same instant, each with what happens without its guard."""

import pytest
from django.db import connection

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import PINS, Lease, Reservation, Waiting, WindowChange
from marketplace.brokerage.services import brokering, pinning
from marketplace.core.states import LostRace
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Hold
from tests import make
from tests.make import HOUR, NOON
from tests.race import together

pytestmark = pytest.mark.django_db(transaction=True)
PRICE = 2_400_000
START = NOON + 4 * HOUR
RUN = {"command": ["sleep", "60"]}


def constraint(model, name):
    return next(one for one in model._meta.constraints if one.name == name)


def without(model, name):
    """The fixture of a control: one guard of the database is away."""

    @pytest.fixture
    def fixture():
        guard = constraint(model, name)
        with connection.schema_editor() as editor:
            editor.remove_constraint(model, guard)
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("DELETE FROM brokerage_windowchange")
            cursor.execute("SET session_replication_role = origin")
        Lease.objects.all().delete()
        Reservation.objects.filter(state="pinned").update(state="expired")
        with connection.schema_editor() as editor:
            editor.add_constraint(model, guard)

    return fixture


sold_twice = without(Lease, "lease_gpu_sold_once")
unslotted = without(Reservation, "reservation_pin_slot_once")


def renter_of(name):
    made = make.organisation(name)
    make.funded(made)
    return made


def neighbours(offer):
    """A booking of the only GPU, and an open request for the hour after it."""
    first, second = renter_of("First"), renter_of("Second")
    booked = make.reservation(first, offer, start=START)
    ask = make.ask(offer, start=START + HOUR)
    return booked, brokerage.request(renter=second, by=None, ask=ask, key="k", at=NOON)


def race(booked, wanted):
    def extend():
        row = Reservation.objects.select_related("renter__party", "offer").get(pk=booked.pk)
        until = START + 2 * HOUR
        return brokerage.extend(reservation=row, until=until, key="x", by=None, at=NOON)

    def broker():
        brokerage.broker(reservation=Reservation.objects.get(pk=wanted.pk), at=NOON)

    return together(extend, broker)


@pytest.mark.parametrize("turn", range(4))
def test_the_hour_after_a_booking_is_its_own_or_the_next_ones(turn, market):
    booked, wanted = neighbours(make.offer())
    outcome = race(booked, wanted)
    booked.refresh_from_db()
    wanted.refresh_from_db()
    longer = booked.during.upper == START + 2 * HOUR
    assert longer != (wanted.state == "confirmed")
    assert isinstance(outcome[0], WindowChange if longer else brokerage.WindowTaken)
    assert brokerage.sold_twice() == []
    assert brokerage.illegal() == []
    assert WindowChange.objects.count() == int(longer)
    held = 2 * PRICE
    assert sum(hold.amount for hold in Hold.objects.all()) == held
    assert ledger.verify() == []


def test_control_without_the_constraint_both_have_it(market, sold_twice, monkeypatch):
    """If this stops overselling, the race above proves nothing."""
    booked, wanted = neighbours(make.offer())
    monkeypatch.setattr(brokering, "Board", blind)
    race(booked, wanted)
    assert brokerage.sold_twice()


real_board = brokering.Board


def blind(asked):
    """A look from before the end was moved."""
    board = real_board(asked)
    for one in asked:
        for host in board.hosts(one):
            host.leases.clear()
    return board


def test_one_key_sent_eight_times_at_once_moves_the_end_once(market):
    row = make.reservation(renter_of("First"), make.offer(), start=START)

    def extend():
        seen = Reservation.objects.select_related("renter__party", "offer").get(pk=row.pk)
        until = START + 2 * HOUR
        return brokerage.extend(reservation=seen, until=until, key="once", by=None, at=NOON)

    outcome = together(*[extend] * 8)
    assert {change.pk for change in outcome} == {WindowChange.objects.get().pk}
    assert Hold.objects.filter(amount__gt=0).get().amount == 2 * PRICE


def test_ends_moved_both_ways_at_once_leave_one_consistent(market):
    row = make.reservation(renter_of("First"), make.offer(), start=START, hours=4)

    def change(verb, hours, key):
        def run():
            seen = Reservation.objects.select_related("renter__party", "offer").get(pk=row.pk)
            until = START + hours * HOUR
            return verb(reservation=seen, until=until, key=key, by=None, at=NOON)

        return run

    ways = [(brokerage.extend, 5), (brokerage.shorten, 3), (brokerage.shorten, 2)]
    outcome = together(*[change(verb, hours, f"k{hours}") for verb, hours in ways])
    made = [one for one in outcome if isinstance(one, WindowChange)]
    assert made
    refused = (LostRace, brokerage.BadAsk)
    assert all(isinstance(one, refused) for one in outcome if one not in made)
    row.refresh_from_db()
    assert Hold.objects.filter(amount__gt=0).get().amount == brokerage.cost_micro(row)
    assert brokerage.illegal() == []


def pins(renter, offer, count):
    def one(number):
        ask = make.ask(offer, start=START, workload={})
        return lambda: brokerage.pin(renter=renter, by=None, ask=ask, key=f"p{number}", at=NOON)

    return together(*[one(number) for number in range(count)])


def test_eight_quotes_at_once_of_one_organisation_are_five(market):
    renter = renter_of("First")
    outcome = pins(renter, make.offer(gpus=8), 8)
    made = [one for one in outcome if isinstance(one, Reservation)]
    assert {row.state for row in made} == {"pinned"}
    assert len(made) == PINS
    assert all(isinstance(one, brokerage.TooManyPins) for one in outcome if one not in made)
    assert Lease.objects.live().count() == PINS


def test_control_without_the_slots_they_are_more(market, unslotted, monkeypatch):
    """If these stay five, the race above proves nothing."""
    monkeypatch.setattr(pinning, "_free_slot", lambda renter: 1)
    outcome = pins(renter_of("First"), make.offer(gpus=8), 8)
    assert sum(isinstance(one, Reservation) for one in outcome) > PINS


def test_a_quote_confirmed_four_times_at_once_is_paid_once(market):
    renter = renter_of("First")
    ask = make.ask(make.offer(), start=START, workload=RUN)
    row = brokerage.pin(renter=renter, by=None, ask=ask, key="p", at=NOON)
    call = lambda: brokerage.confirm(reservation=Reservation.objects.get(pk=row.pk), at=NOON)  # noqa: E731
    outcome = together(*[call] * 4)
    assert outcome.count(None) == 1
    assert Hold.objects.get().amount == PRICE
    row.refresh_from_db()
    assert row.state == "confirmed"


def test_a_quote_is_booked_or_runs_out_never_both(market):
    for turn in range(4):
        renter = renter_of(f"R{turn}")
        ask = make.ask(make.offer(), start=START, workload=RUN)
        row = brokerage.pin(renter=renter, by=None, ask=ask, key="p", at=NOON)
        seen = [Reservation.objects.select_related("hold").get(pk=row.pk) for _ in range(2)]
        together(
            lambda seen=seen: brokerage.confirm(reservation=seen[0], at=NOON),
            lambda seen=seen, at=row.hold_expires_at: brokerage.expire(reservation=seen[1], at=at),
        )
        row.refresh_from_db()
        assert row.state in ("confirmed", "expired")
        assert bool(row.hold_id) == (row.state == "confirmed")
    assert brokerage.illegal() == []


def test_four_sweeps_serve_the_line_once(market):
    offer = make.offer(gpus=8)
    for number in range(6):
        wish = brokerage.Wish(
            chip=offer.chip,
            gpu_count=1,
            length=HOUR,
            earliest=NOON,
            latest=NOON + 24 * HOUR,
            limit_micro=PRICE,
            workload=RUN,
        )
        renter = renter_of(f"R{number}")
        brokerage.wait(renter=renter, by=None, wish=wish, key="w", at=NOON)
    outcome = together(*[lambda: brokerage.serve(at=NOON)] * 4)
    assert sum(outcome) == 6
    assert Reservation.objects.filter(state="confirmed").count() == 6
    assert set(Waiting.objects.values_list("state", "tries")) == {("served", 1)}
