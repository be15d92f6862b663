"""Bookings paid at the start: a deposit, the rest before they run, a deadline when it fails."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from compliance.models import ListSource
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Notice, Reservation, WindowChange
from marketplace.brokerage.tasks import take_payments
from marketplace.catalog import services as catalog
from marketplace.core.models import AuditEvent
from marketplace.core.states import IllegalMove
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Hold
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
PRICE = 2_400_000
START, MINUTE = NOON + 4 * HOUR, timedelta(minutes=1)
#: an hour before the start
DUE = START - HOUR
#: half of what lies less than two hours ahead, a fifth up to a day
STEPS = [[2, 5000], [24, 2000]]
COST = 4 * PRICE
DEPOSIT, REST = COST // 2, COST // 2


@pytest.fixture
def offer(market):
    schedule = catalog.publish_schedule(code="test", title="Test", steps=STEPS, since=NOON, at=NOON)
    return make.offer(schedule=schedule)


@pytest.fixture
def row(harbour, offer):
    """Four hours of one GPU, booked on a wallet that covers the deposit to the micro-unit."""
    make.funded(harbour, DEPOSIT)
    return make.reservation(harbour, offer, start=START, hours=4, pay_at_start=True)


def again(row):
    """As another process would read it."""
    related = ("renter__party", "decision", "offer__machine__site__operator", "offer__schedule")
    return Reservation.objects.select_related(*related, "hold").get(pk=row.pk)


def take(row, at=DUE):
    brokerage.take_payment(reservation=again(row), at=at)
    return again(row)


def pay(row, at=DUE, by=None):
    brokerage.pay(reservation=again(row), by=by, at=at)
    return again(row)


def wallet(of):
    return ledger.balance(account=brokerage.wallet_account(renter=of, currency="USD"))


def everything():
    kept = (Reservation, Lease, Hold, WindowChange, Notice)
    return [list(model.objects.order_by("pk").values()) for model in kept]


def sound():
    assert brokerage.illegal() == []
    assert brokerage.sold_twice() == []
    assert ledger.verify() == []


def told(row, at):
    """What its machine is told to run."""
    machine = row.offer.machine
    return [one.reservation_id for one in brokerage.desired(machine=machine, at=at)]


def test_a_deposit_is_held_when_it_is_booked(row, harbour):
    assert (row.state, row.due_micro, row.pay_by) == ("confirmed", REST, None)
    assert again(row).hold.amount == DEPOSIT
    assert wallet(harbour).available == 0
    assert Lease.objects.get().state == "confirmed"
    sound()


def test_many_at_once_hold_their_deposits(harbour, offer):
    make.funded(harbour, 2 * DEPOSIT)
    for number in range(2):
        ask = make.ask(offer, start=START + number * 4 * HOUR, hours=4, pay_at_start=True)
        brokerage.request(renter=harbour, by=None, ask=ask, key=f"k{number}", at=NOON)
    brokerage.broker_open(at=NOON)
    rows = Reservation.objects.order_by("pk")
    assert [(row.state, row.due_micro, row.hold.amount) for row in rows] == [
        ("confirmed", REST, DEPOSIT)
    ] * 2
    sound()


def test_without_a_schedule_a_tenth_is_held(market, harbour, settings):
    make.funded(harbour)
    facts = {"start": START, "hours": 4, "pay_at_start": True}
    row = make.reservation(harbour, make.offer(), **facts)
    assert (row.due_micro, again(row).hold.amount) == (COST - COST // 10, COST // 10)
    settings.DEPOSIT_BPS = 10_000
    row = make.reservation(harbour, make.offer(), **facts)
    assert (row.due_micro, again(row).hold.amount) == (0, COST)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"start": NOON + 2 * HOUR - MINUTE}, "at least 2 hours from now"),
        ({"auto_confirm": False}, "booked outright"),
        ({"spot_bid_micro": 1_000_000, "start": NOON}, "booked outright"),
    ],
)
def test_what_cannot_be_paid_later_is_refused(facts, said, market, harbour):
    make.funded(harbour)
    offer, before = make.offer(spot_floor_micro=800_000), everything()
    ask = make.ask(offer, **{"start": START, "hours": 4, "pay_at_start": True, **facts})
    with pytest.raises(brokerage.BadAsk, match=said):
        brokerage.request(renter=harbour, by=None, ask=ask, key="k", at=NOON)
    assert everything() == before


def test_a_quote_is_not_paid_later(harbour, offer):
    ask = make.ask(offer, start=START, hours=4, pay_at_start=True)
    with pytest.raises(brokerage.BadAsk, match="booked outright"):
        brokerage.pin(renter=harbour, by=None, ask=ask, key="p", at=NOON)
    assert not Reservation.objects.exists()


def test_a_wallet_without_the_deposit_books_nothing(harbour, offer):
    make.funded(harbour, DEPOSIT - 1)
    ask = make.ask(offer, start=START, hours=4, pay_at_start=True)
    with pytest.raises(ledger.InsufficientFunds):
        brokerage.request(renter=harbour, by=None, ask=ask, key="k", at=NOON)
    assert not Reservation.objects.exists()


def test_the_rest_is_taken_an_hour_before_the_start(row, harbour):
    make.funded(harbour, REST)
    assert list(brokerage.unpaid(at=DUE - MINUTE)) == []
    assert list(brokerage.unpaid(at=DUE)) == [row]
    row = take(row)
    assert (row.state, row.due_micro, row.hold.amount) == ("confirmed", 0, COST)
    assert wallet(harbour).available == 0
    assert list(brokerage.unpaid(at=DUE)) == []
    assert told(row, DUE) == [row.pk]
    make.started(row, at=START)
    assert again(row).state == "active"
    sound()


def test_it_may_be_paid_before(row, harbour, alice):
    make.funded(harbour, REST)
    row = pay(row, at=NOON, by=alice)
    assert (row.state, row.due_micro, row.hold.amount) == ("confirmed", 0, COST)
    assert AuditEvent.objects.get(verb="paid the rest").detail == {"micro": str(REST)}
    before = everything()
    with pytest.raises(IllegalMove, match="nothing left to pay"):
        pay(row)
    assert everything() == before


def test_what_cannot_be_taken_is_due(row, harbour):
    row = take(row)
    assert (row.state, row.due_micro, row.pay_by) == ("payment_due", REST, START + 30 * MINUTE)
    assert Lease.objects.get().state == "confirmed", "its GPUs are kept"
    notice = Notice.objects.get()
    assert (notice.kind, notice.about) == ("payment_due", row.pay_by)
    before = everything()
    take(row, at=START)
    assert everything() == before, "it is waited for, and told once"
    with pytest.raises(ledger.InsufficientFunds):
        pay(row, at=START)
    assert everything() == before
    sound()


def test_a_short_window_is_waited_for_no_longer_than_half_of_it(harbour, offer):
    make.funded(harbour, PRICE)
    row = make.reservation(harbour, offer, start=START, hours=0.5, pay_at_start=True)
    drain(harbour, wallet(harbour).available)
    assert take(row).pay_by == START + 15 * MINUTE


def drain(renter, micro):
    account = brokerage.wallet_account(renter=renter, currency="USD")
    ledger.place_hold(key="drained", account=account, amount=micro)


def test_it_never_runs_unpaid(row, harbour):
    """Its machine is not told of it, and is not believed if it speaks of it."""
    part = row.assignments.get()
    report = make.observation(part, "running", started_at=START)
    for at in (DUE, START, START + MINUTE):
        assert told(row, at) == []
        brokerage.observe(machine=part.machine, reports=[report], at=at)
        part.refresh_from_db()
        assert (part.observed, part.started_at) == ("pending", None)
        assert take(row, at=at).state == "payment_due"
    sound()


def test_the_database_lets_nothing_run_unpaid(row):
    for state in ("active", "ended", "settled"):
        with (
            pytest.raises(IntegrityError, match="reservation_runs_paid"),
            transaction.atomic(),
        ):
            Reservation.objects.filter(pk=row.pk).update(state=state)
    for facts in (
        {"state": "payment_due"},
        {"pay_by": START},
        {"state": "payment_due", "due_micro": 0, "pay_by": START},
    ):
        with (
            pytest.raises(IntegrityError, match="reservation_payment_due"),
            transaction.atomic(),
        ):
            Reservation.objects.filter(pk=row.pk).update(**facts)


def test_paid_after_the_start_it_begins_then(row, harbour):
    take(row)
    make.funded(harbour, REST)
    at = START + 29 * MINUTE
    row = take(row, at=at)
    assert (row.state, row.due_micro, row.pay_by) == ("confirmed", 0, None)
    assert (row.booked_at, row.hold.amount) == (at, COST)
    assert told(row, at) == [row.pk]
    # its provider is late ten minutes after that, not after the start
    assert fee(row, at + 9 * MINUTE) > 0
    assert fee(row, at + 10 * MINUTE) == 0
    sound()


def fee(row, at):
    return brokerage.consequence(reservation=row, until=row.during.lower, at=at).fee_micro


def test_past_its_time_it_ends_for_the_fee_of_its_schedule(row, harbour, offer):
    by = take(row).pay_by
    make.funded(harbour, REST)
    before = everything()
    with pytest.raises(brokerage.PaymentLate):
        pay(row, at=by)
    assert everything() == before
    row = take(row, at=by + 7 * MINUTE)
    assert (row.state, row.reason) == ("cancelled", "it was not paid in time")
    assert (row.due_micro, row.pay_by, row.hold.amount) == (0, None, 0)
    change = WindowChange.objects.get()
    # of three hours and a half: two at a half, the rest at a fifth, as of the deadline
    owed = PRICE * (2 * 5000 + 15 * 2000 // 10) // 10_000
    assert (change.kind, change.at, change.fee_micro) == ("cancelled", by, owed)
    assert wallet(harbour).posted == DEPOSIT + REST - owed
    assert wallet(harbour).held == 0
    assert Lease.objects.get().state == "released"
    assert AuditEvent.objects.filter(verb="ended unpaid").count() == 1
    sound()


def test_the_deposit_covers_the_dearest_fee(row, harbour):
    """Given up when all of it lies less than two hours ahead it costs half; more is never asked."""
    take(row)
    row = again(row)
    for minutes in range(0, 90, 10):
        found = brokerage.consequence(reservation=row, until=START, at=DUE + minutes * MINUTE)
        assert 0 < found.fee_micro <= DEPOSIT
        assert found.back_micro == DEPOSIT - found.fee_micro


def test_it_may_be_cancelled_while_it_is_due(row, harbour):
    row = take(row)
    expected = fee(row, DUE)
    brokerage.cancel(reservation=row, by=None, at=DUE)
    row = again(row)
    assert (row.state, row.due_micro, row.pay_by) == ("cancelled", 0, None)
    assert wallet(harbour).available == DEPOSIT - expected
    sound()


def test_shorter_lessens_what_is_due_first(row, harbour):
    facts = {"key": "k", "by": None, "at": NOON}
    change = brokerage.shorten(reservation=again(row), until=START + 3 * HOUR, **facts)
    row = again(row)
    # an hour less, of which a fifth was taken out of the deposit
    assert change.fee_micro == PRICE // 5
    assert (row.due_micro, row.hold.amount) == (REST - PRICE + PRICE // 5, DEPOSIT - PRICE // 5)
    assert row.due_micro + row.hold.amount == 3 * PRICE
    sound()


def test_longer_holds_the_difference_at_once(row, harbour):
    make.funded(harbour, PRICE)
    facts = {"key": "k", "by": None, "at": NOON}
    brokerage.extend(reservation=again(row), until=START + 5 * HOUR, **facts)
    row = again(row)
    assert (row.due_micro, row.hold.amount) == (REST, DEPOSIT + PRICE)
    sound()


def test_whoever_is_not_cleared_any_more_owes_nothing(row, harbour):
    take(row)
    harbour.party.hq_country = "KP"
    harbour.party.save()
    with pytest.raises(brokerage.NotCleared):
        pay(row, at=START)
    row = again(row)
    assert (row.state, row.reason) == ("cancelled", "not available to your organisation")
    assert wallet(harbour).available == DEPOSIT
    sound()


def test_a_stale_list_takes_nothing_and_loses_nothing_before_the_time(row, harbour):
    make.funded(harbour, REST)
    ListSource.objects.update(max_age_hours=0)
    before = everything()
    take(row)
    assert everything() == before
    with pytest.raises(brokerage.NotClearedNow):
        pay(row)
    assert everything() == before


def test_unpaid_because_of_a_stale_list_it_ends_for_nothing(row, harbour):
    by = take(row).pay_by
    ListSource.objects.update(max_age_hours=0)
    row = take(row, at=by)
    assert (row.state, WindowChange.objects.get().fee_micro) == ("cancelled", 0)
    assert wallet(harbour).available == DEPOSIT
    sound()


def test_unpaid_over_its_whole_window_it_is_nobodys_failure(row):
    """No sweep ran; its machine was never told of it."""
    brokerage.end_due(reservation=again(row), at=START + 4 * HOUR)
    assert again(row).state == "failed"
    assert not row.failures.exists()


def test_the_task_looks(row, monkeypatch):
    monkeypatch.setattr("marketplace.brokerage.tasks.now", lambda: DUE)
    take_payments()
    assert again(row).state == "payment_due"
