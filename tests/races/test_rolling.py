"""Many workers move one end, and two renters want the next half hour; controls without guards."""

import pytest
from django.db import connection

from marketplace.billing import services
from marketplace.billing.models import Grace
from marketplace.billing.services import graces
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Reservation, WindowChange
from marketplace.brokerage.services import changing
from marketplace.core.states import LostRace
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Hold
from tests import make
from tests.billing.records import record, rolling
from tests.make import HOUR, NOON
from tests.race import all_have_called, together

pytestmark = pytest.mark.django_db(transaction=True)
PRICE = 2_400_000
HALF = HOUR / 2


@pytest.fixture
def row(market, harbour):
    make.funded(harbour, 10 * PRICE)
    made = make.reservation(harbour, make.offer(), rolling=True)
    make.started(made)
    return made


def seen(row):
    related = ("offer__machine__site__operator", "renter__party", "hold")
    return Reservation.objects.select_related(*related).get(pk=row.pk)


def roll(row):
    """As a worker does that read the row before any of them moved it."""
    stale = seen(row)
    return lambda: services.roll(reservation=stale, at=NOON + HALF)


def test_ten_workers_move_the_end_once(row, harbour):
    outcome = together(*[roll(row) for _ in range(10)])
    assert all(one is True or isinstance(one, LostRace) for one in outcome), outcome
    assert outcome.count(True) >= 1
    assert seen(row).during.upper == NOON + 3 * HALF
    assert WindowChange.objects.count() == 1
    assert Hold.objects.filter(amount__gt=0).get().amount == 3 * PRICE // 2
    assert services.wallet(organisation=harbour).held == 3 * PRICE // 2
    assert brokerage.illegal() == []
    assert ledger.verify() == []


def test_control_without_key_and_second_look_two_workers_move_it_twice(row, monkeypatch):
    """If this moves it once, the race above proves nothing."""

    def locked(seen):
        """In turn, but nobody looks whether it is as it was seen."""
        rows = Reservation.objects.select_for_update(no_key=True, of=("self",))
        return rows.select_related("offer__machine__site__operator", "renter").get(pk=seen.pk)

    monkeypatch.setattr(changing, "_lock", locked)
    screened = all_have_called(changing._screen, 2)
    monkeypatch.setattr(changing, "_screen", screened)
    record = changing._record
    keys = iter(("one", "two"))
    monkeypatch.setattr(
        changing,
        "_record",
        lambda row, kind, until, fee, key, *rest, **also: record(
            row, kind, row.during.upper + HALF, fee, next(keys), *rest, **also
        ),
    )
    move = changing._move_end
    monkeypatch.setattr(
        changing,
        "_move_end",
        lambda row, until, **also: move(row, row.during.upper + HALF, **also),
    )
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE brokerage_reservation DISABLE TRIGGER USER")
    try:
        outcome = together(roll(row), roll(row))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE brokerage_reservation ENABLE TRIGGER USER")
    assert WindowChange.objects.count() == 2, outcome


def stop(row):
    stale = seen(row)
    return lambda: brokerage.stop(reservation=stale, by=None, at=NOON + HALF)


@pytest.mark.parametrize("turn", range(4))
def test_stopped_while_it_is_moved_on_it_is_stopped(turn, row, harbour):
    calls = [roll(row), stop(row), roll(row), stop(row)]
    outcome = together(*calls[turn:], *calls[:turn])
    errors = [one for one in outcome if isinstance(one, Exception)]
    assert all(isinstance(one, LostRace) for one in errors), outcome
    made = seen(row)
    assert (made.state, made.ended_at) == ("ended", NOON + HALF)
    assert Hold.objects.filter(amount__gt=0).get().pk == made.hold_id
    assert brokerage.illegal() == []


@pytest.mark.parametrize("turn", range(4))
def test_the_next_half_hour_is_its_own_or_somebody_elses(turn, row):
    other = make.organisation("Other")
    make.funded(other)
    ask = make.ask(row.offer, start=NOON + HOUR)
    wanted = brokerage.request(renter=other, by=None, ask=ask, key="k", at=NOON + HALF)

    def broker():
        brokerage.broker(reservation=Reservation.objects.get(pk=wanted.pk), at=NOON + HALF)

    calls = [roll(row), broker]
    together(*(calls if turn % 2 else calls[::-1]))
    wanted.refresh_from_db()
    made = seen(row)
    moved = made.during.upper == NOON + 3 * HALF
    assert moved != (wanted.state == "confirmed")
    assert made.roll_refused == ("" if moved else "taken")
    assert brokerage.sold_twice() == []
    assert brokerage.illegal() == []


@pytest.fixture
def lent(market, harbour):
    """Two rentals until they are stopped of one renter, who may owe half an hour of one."""
    record(harbour, day_micro=PRICE // 2)
    services.look_at_lots(organisation=harbour, at=NOON)
    return [rolling(harbour) for _ in range(2)]


def test_ten_workers_lend_one_renter_no_more_than_the_limit(lent, harbour):
    outcome = together(*[roll(row) for _ in range(5) for row in lent])
    assert all(one in (True, False) or isinstance(one, LostRace) for one in outcome), outcome
    assert services.owes_micro(organisation=harbour) == PRICE // 2
    [given] = Grace.objects.all()
    assert (given.amount_micro, given.limit_micro) == (PRICE // 2, PRICE // 2)
    ends = sorted(seen(row).during.upper for row in lent)
    assert ends == [NOON + HOUR, NOON + 3 * HALF]
    assert sorted(seen(row).roll_refused for row in lent) == ["", "money"]
    wallet = services.wallet(organisation=harbour)
    assert (wallet.posted, wallet.held) == (5 * PRICE // 2, 5 * PRICE // 2)
    assert ledger.verify() == []


def unlocked(monkeypatch):
    """Whoever lends looks without a lock."""
    monkeypatch.setattr(graces.ledger, "lock_balances", lambda accounts: None)
    monkeypatch.setattr(graces.lots, "draw", lambda **of: None)


def test_control_without_the_lock_and_the_trigger_both_are_lent(lent, harbour, monkeypatch):
    """If this lends once, the race above proves nothing."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE billing_grace DISABLE TRIGGER names_debt")
    try:
        unlocked(monkeypatch)
        monkeypatch.setattr(graces, "facts_of", all_have_called(graces.facts_of, 2))
        together(*[roll(row) for row in lent])
        assert services.owes_micro(organisation=harbour) == PRICE
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE billing_grace ENABLE TRIGGER names_debt")


def test_without_the_services_lock_the_database_still_refuses_the_second(
    lent, harbour, monkeypatch
):
    unlocked(monkeypatch)
    monkeypatch.setattr(graces, "facts_of", all_have_called(graces.facts_of, 2))
    outcome = together(*[roll(row) for row in lent])
    [refused] = [one for one in outcome if one is not True]
    assert "is owed, not 0" in str(refused)
    assert services.owes_micro(organisation=harbour) == PRICE // 2
