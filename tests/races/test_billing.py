"""Money under threads: one call to Stripe, one posting, one charge, one invoice."""

import threading

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.test import Client
from django.utils.timezone import now

from marketplace.billing import services
from marketplace.billing.models import Charge, CostStatement, StripeCommand, StripeEvent, TopUp
from marketplace.billing.services import charging, outbox
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Reservation
from marketplace.brokerage.services import holding as brokerage_holding
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Balance, Hold, Kind, Transaction
from marketplace.ledger.services import posting
from marketplace.metering import services as metering
from tests import make
from tests.billing import stand_in, use
from tests.make import HOUR, NOON
from tests.race import PATIENCE, all_have_called, together, wait_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(fake, harbour):
    return stand_in.ask(harbour)


def send(asked):
    command = StripeCommand.objects.get(top_up=asked)
    services.send_command(command=command, at=NOON)


def handle(event):
    services.handle_event(event=StripeEvent.objects.get(pk=event.pk), at=NOON)


def test_eight_senders_of_one_command_make_one_call(fake, asked):
    assert together(*[lambda: send(asked)] * 8) == [None] * 8
    assert len(fake.calls) == 1
    stand_in.assert_paid_once(fake, asked)


def test_control_without_the_claim_many_call_and_the_key_still_makes_it_one(
    fake, asked, monkeypatch
):
    monkeypatch.setattr(outbox, "claim", all_have_called(lambda command, at: True, 8))
    together(*[lambda: send(asked)] * 8)
    assert len(fake.calls) > 1
    stand_in.assert_paid_once(fake, asked)


def test_one_webhook_delivered_eight_times_at_once_is_one_row(fake, asked):
    send(asked)
    payload, signature = stand_in.letter(fake.events[0], now())

    def post():
        return Client().post(
            "/stripe/webhook",
            payload,
            content_type="application/json",
            headers={"Stripe-Signature": signature},
        )

    assert [answer.status_code for answer in together(*[post] * 8)] == [200] * 8
    assert StripeEvent.objects.count() == 1


def test_answer_and_events_at_the_same_time_book_once(fake, asked):
    """Stripe's event is handled by six workers while the sender waits for the lost answer."""
    fake.faults.append("drop")
    send(asked)
    event = stand_in.deliver(fake.events[0])
    later = StripeCommand.objects.get().next_at
    outcome = together(
        *[lambda: handle(event)] * 6,
        lambda: services.send_command(command=StripeCommand.objects.get(), at=later),
    )
    assert outcome == [None] * 7
    assert StripeCommand.objects.get().state == "done"
    stand_in.assert_paid_once(fake, asked)


def test_one_key_sent_eight_times_at_once_is_one_top_up(fake, harbour):
    rows = together(*[lambda: stand_in.ask(harbour)] * 8)
    assert {row.pk for row in rows} == {TopUp.objects.get().pk}
    assert StripeCommand.objects.count() == 1


def again(row):
    return Reservation.objects.get(pk=row.pk)


def charge(row):
    return services.charge(reservation=again(row), at=NOON + HOUR)


def settle(row):
    return services.settle(reservation=again(row), at=NOON + HOUR)


@pytest.fixture
def unlocked(monkeypatch):
    """Nobody locks rows."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **how: rows.all())
    monkeypatch.setattr(charging, "_lock", lambda leases: None)


def test_eight_charges_at_once_charge_once(market, harbour):
    made = use.running(harbour)
    use.report(made, use.minutes(0, 5))
    assert sorted(together(*[lambda: charge(made)] * 8)) == [0] * 7 + [400_000]
    assert Charge.objects.count() == 2
    assert services.wallet(organisation=harbour).posted == 99_600_000


def test_control_without_the_lock_charges_collide(market, harbour, unlocked, monkeypatch):
    """Only the constraint then stands between the renter and a double charge."""
    made = use.running(harbour)
    use.report(made, use.minutes(0, 1))
    charge(made)  # opens the rate, for which everybody would wait
    use.report(made, use.minutes(1, 5))
    monkeypatch.setattr(charging, "rated", all_have_called(charging.rated, 8))
    outcome = together(*[lambda: charge(made)] * 8)
    assert any(isinstance(one, IntegrityError) for one in outcome), outcome
    assert services.wallet(organisation=harbour).posted == 99_600_000


def test_eight_settlements_at_once_make_one_invoice(market, harbour):
    made = use.ended(harbour)
    outcome = together(*[lambda: settle(made)] * 8)
    assert {invoice.pk for invoice in outcome} == {CostStatement.objects.get().pk}
    assert services.wallet(organisation=harbour).available == 99_200_000
    assert ledger.verify() == []


def test_control_without_the_lock_settlements_collide(market, harbour, unlocked, monkeypatch):
    made = use.ended(harbour)
    monkeypatch.setattr(metering, "is_complete", all_have_called(metering.is_complete, 4))
    outcome = together(*[lambda: settle(made)] * 4)
    assert any(isinstance(one, Exception) for one in outcome)
    assert CostStatement.objects.count() == 1
    assert services.wallet(organisation=harbour).available == 99_200_000


def test_everything_that_touches_a_wallet_at_once_neither_deadlocks_nor_errs(market, harbour):
    """Seals, charges, settlements, a new booking and a cancellation, all on one wallet."""
    ended = [use.ended(harbour) for _ in range(3)]
    booked = make.reservation(harbour, make.offer())
    asked = brokerage.request(
        renter=harbour, by=None, ask=make.ask(make.offer()), key="new", at=NOON
    )
    seal = lambda row: metering.seal(reservation=again(row), at=NOON + HOUR)  # noqa: E731
    calls = [
        lambda verb=verb, row=row: verb(row) for row in ended for verb in (seal, charge, settle)
    ]
    outcome = together(
        *calls,
        lambda: brokerage.broker(reservation=again(asked), at=NOON),
        lambda: brokerage.cancel(reservation=again(booked), by=None, at=NOON),
    )
    assert [one for one in outcome if isinstance(one, Exception)] == []
    assert [again(row).state for row in ended] == ["settled"] * 3
    assert (again(booked).state, again(asked).state) == ("cancelled", "confirmed")
    wallet = services.wallet(organisation=harbour)
    assert (wallet.posted, wallet.held) == (300_000_000 - 3 * 800_000, 2_400_000)
    assert ledger.verify() == []


@pytest.fixture
def held(harbour):
    wallet = make.funded(harbour, 1_000)
    return ledger.place_hold(key="h", account=wallet, amount=1_000)


def capture(hold, key):
    fee = ledger.account(kind=Kind.PLATFORM_FEE, currency="USD")
    return ledger.post(
        key=key,
        kind="test",
        entries=[ledger.Entry(hold.account, fee, 10)],
        at=NOON,
        capture=ledger.Capture(hold, 10),
    )


def test_a_release_in_the_middle_of_a_capture_waits_for_it(held, monkeypatch):
    shrink, capturing = posting.shrink, threading.Event()

    def shrink_when_waited_for(amounts):
        capturing.set()
        wait_for_a_lock()
        shrink(amounts)

    def release_in_the_middle():
        assert capturing.wait(PATIENCE)
        return ledger.release_hold(hold=held)

    monkeypatch.setattr(posting, "shrink", shrink_when_waited_for)
    booked, released = together(lambda: capture(held, "first"), release_in_the_middle)
    assert isinstance(booked, Transaction)
    assert released == 990
    row = Balance.objects.get(account=held.account)
    assert (row.posted, row.held) == (990, 0)


def test_control_a_release_that_locks_the_hold_first_deadlocks(held):
    locked = threading.Event()

    def release():
        with transaction.atomic():
            Hold.objects.select_for_update(no_key=True).get(pk=held.pk)
            locked.set()
            wait_for_a_lock()
            Hold.objects.filter(pk=held.pk).update(amount=0)

    def capture_in_the_middle():
        assert locked.wait(PATIENCE)
        return capture(held, "late")

    outcome = together(release, capture_in_the_middle)
    assert any(isinstance(one, OperationalError) and "deadlock" in str(one) for one in outcome)


def test_a_hold_that_is_replaced_while_settling_waits_is_the_one_given_back(market, harbour):
    ended = use.ended(harbour)
    waiting: list[object] = []
    settling = threading.Thread(target=lambda: waiting.append(settled_apart(ended)))
    with transaction.atomic():
        row = Reservation.objects.select_for_update(no_key=True).get(pk=ended.pk)
        settling.start()
        wait_for_a_lock()
        brokerage_holding.hold_more(reservation=row, lacking_micro=1_000)
    settling.join(PATIENCE)
    assert [type(one) for one in waiting] == [CostStatement]
    assert services.wallet(organisation=harbour).held == 0
    assert not Hold.objects.filter(amount__gt=0).exists()


def settled_apart(reservation):
    try:
        return services.settle(reservation=reservation, at=NOON + HOUR)
    except Exception as error:
        return error
    finally:
        connection.close()
