"""Fault cases of money that concern wallets, holds, restarts and restores, by their numbers."""

from datetime import timedelta

import pytest
import redis
from django.conf import settings as django_settings
from django.db import transaction

from marketplace.billing import services, tasks
from marketplace.billing.models import Charge, Payout, StripeCommand
from marketplace.billing.services import payouts
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Reservation
from marketplace.core.states import IllegalMove
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Balance, Hold, Kind, Transaction
from tests import make
from tests.billing import earning, use
from tests.billing.earning import EARNED, RIPE, earned, paid_out, provider
from tests.billing.use import minutes, report
from tests.make import HOUR, NOON
from tests.race import together

pytestmark = pytest.mark.django_db
FUNDS = 100_000_000


def wallet(of):
    row = services.wallet(organisation=of)
    return (row.posted, row.held)


def owed(of):
    return services.owes_micro(organisation=of)


@pytest.mark.django_db(transaction=True)
def test_case_20_spends_and_holds_at_once_never_go_below_the_floor(harbour):
    """12 holds of 3 and 16 spends of 2 on 20: all that succeeded fits, and nothing else moved."""
    account = make.funded(harbour, 20)
    fee = ledger.account(kind=Kind.PLATFORM_FEE, currency="USD")

    def hold(number):
        return ledger.place_hold(key=f"h{number}", account=account, amount=3)

    def spend(number):
        entries = [ledger.Entry(account, fee, 2)]
        return ledger.post(key=f"s{number}", kind="test", entries=entries, at=NOON)

    calls = [lambda n=n: hold(n) for n in range(12)] + [lambda n=n: spend(n) for n in range(16)]
    outcome = together(*calls)
    failed = [one for one in outcome if isinstance(one, Exception)]
    assert {type(one) for one in failed} == {ledger.InsufficientFunds}
    held, spent = Hold.objects.count(), Transaction.objects.filter(kind="test").count()
    assert held + spent == len(outcome) - len(failed)
    row = Balance.objects.get(account=account)
    assert (row.posted, row.held) == (20 - 2 * spent, 3 * held)
    assert 0 <= row.available < 3
    assert ledger.verify() == []


def test_case_22_a_hold_lasts_as_long_as_what_runs_and_no_longer(market, harbour):
    made = use.running(harbour)
    assert made.hold_expires_at is None, "one that was confirmed does not run out"
    with pytest.raises(IllegalMove):
        brokerage.expire(reservation=made, at=NOON + 30 * use.MINUTE)
    assert wallet(harbour) == (FUNDS, 4_800_000)
    report(made, minutes(0, 60), final=True)
    services.charge(reservation=made, at=NOON + HOUR)
    assert wallet(harbour) == (FUNDS - 4_800_000, 0), "spent to the last micro-unit, not beyond"
    brokerage.stop(reservation=Reservation.objects.get(pk=made.pk), by=None, at=NOON + HOUR)
    services.settle(reservation=made, at=NOON + 2 * HOUR)
    assert Hold.objects.get().amount == 0
    assert wallet(harbour) == (FUNDS - 4_800_000, 0)


def test_case_22_a_hold_that_nobody_confirmed_goes_back_whole(market, harbour):
    make.funded(harbour)
    made = make.reservation(harbour, make.offer(), auto_confirm=False)
    assert made.state == "held"
    assert wallet(harbour)[1] == 2_400_000
    brokerage.expire(reservation=made, at=NOON + HOUR)
    assert wallet(harbour) == (FUNDS, 0)
    assert not Hold.objects.exclude(amount=0).exists(), "no orphan"


def overrun(renter):
    """Ten minutes of two GPUs, whose hold and wallet have been emptied by hand: 0.80 are due."""
    made = use.running(renter)
    report(made, minutes(0, 10))
    ledger.release_hold(hold=made.hold)
    account = made.hold.account
    bank = ledger.account(kind=Kind.STRIPE_PENDING, currency="USD")
    entries = [ledger.Entry(account, bank, FUNDS - 100_000)]
    ledger.post(key="out", kind="test", entries=entries, at=NOON)
    return made


def test_case_23_what_nothing_covers_is_owed_and_told(market, harbour, caplog):
    """A tenth is left in the wallet; the provider gets all of its part, the wallet stays at 0."""
    made = overrun(harbour)
    assert services.charge(reservation=made, at=NOON + HOUR) == 800_000
    assert wallet(harbour) == (0, 0)
    assert owed(harbour) == 700_000
    assert ledger.totals(currency="USD") == {
        "stripe_pending": -100_000,
        "wallet_paid": 0,
        "renter_receivable": -700_000,
        "provider_pending": EARNED,
        "platform_fee": 120_000,
    }
    assert "is not covered by its hold; the rest is taken, or owed" in caplog.text
    assert ledger.verify() == []
    assert services.charge(reservation=made, at=NOON + HOUR) == 0
    assert owed(harbour) == 700_000


def test_case_23_the_tick_does_so_too_and_others_are_charged_as_ever(market, harbour):
    overrun(harbour)
    other = make.organisation("Other")
    fine = use.running(other)
    report(fine, minutes(0, 10))
    assert services.charge_live(at=NOON + HOUR) == 1_600_000
    assert (owed(harbour), owed(other)) == (700_000, 0)
    assert wallet(other) == (FUNDS - 800_000, 4_000_000)


def test_case_23_a_debt_is_taken_from_the_next_money_and_no_hold_is_touched(market, harbour):
    made = overrun(harbour)
    services.charge(reservation=made, at=NOON + HOUR)
    account = make.funded(harbour, 300_000)
    tasks.collect_debts()
    tasks.collect_debts()
    assert (wallet(harbour), owed(harbour)) == ((0, 0), 400_000)
    make.funded(harbour, 1_000_000)
    ledger.place_hold(key="h", account=account, amount=900_000)
    tasks.collect_debts()
    assert (wallet(harbour), owed(harbour)) == ((900_000, 900_000), 300_000)
    make.funded(harbour, 1_000_000)
    tasks.collect_debts()
    assert (wallet(harbour), owed(harbour)) == ((1_600_000, 900_000), 0)
    assert Transaction.objects.filter(kind="debt_paid").count() == 3
    assert ledger.verify() == []


@pytest.mark.django_db(transaction=True)
def test_case_23_eight_at_once_take_a_debt_once(market, harbour):
    made = overrun(harbour)
    services.charge(reservation=made, at=NOON + HOUR)
    make.funded(harbour, 5_000_000)
    taken = together(*[lambda: services.owing.collect(organisation=harbour, at=NOON)] * 8)
    assert sorted(taken) == [0] * 7 + [700_000]
    assert wallet(harbour) == (4_300_000, 0)


SWEEPS = (
    tasks.charge_sealed,
    tasks.settle_ended,
    tasks.rerate_ruled,
    tasks.send_due_commands,
    tasks.handle_stored_events,
    tasks.collect_debts,
)


def flush():
    with redis.Redis.from_url(django_settings.REDIS_URL) as client:
        client.flushdb()


def test_case_33_tasks_run_twice_or_never_and_an_empty_redis_change_no_money(
    fake, market, harbour, settings, monkeypatch
):
    """No hint is ever sent; sweeps alone, each twice, with Redis emptied in between."""
    settings.PAYOUT_MINIMUM_MICRO = 10_000
    clock = [NOON + HOUR]
    monkeypatch.setattr(tasks, "now", lambda: clock[0])
    rental = use.ended(harbour)
    earning.stripe_account(fake, provider(rental))
    sweep_twice()
    assert Charge.objects.count() == 2
    clock[0] = RIPE + 2 * use.MINUTE
    make.fresh_list(at=clock[0])
    for _ in range(2):
        tasks.pay_providers()
        flush()
    sweep_twice()
    for event in list(fake.events):
        earning.stand_in.deliver(event, clock[0])
    sweep_twice()
    payout = Payout.objects.get()
    assert (payout.state, len(fake.all("transfer"))) == ("paid", 1)
    assert wallet(harbour) == (FUNDS - 800_000, 0)
    assert earning.books(provider(rental)) == (0, 0, 0, 0)
    assert ledger.verify() == []


def sweep_twice():
    for sweep in SWEEPS:
        sweep()
        flush()
        sweep()


@pytest.fixture
def under_way(fake, market, harbour, settings):
    settings.PAYOUT_MINIMUM_MICRO = 10_000
    rental = earned(harbour)
    earning.stripe_account(fake, provider(rental))
    ledger.seal(at=NOON + HOUR)
    paid_out(RIPE)
    return Payout.objects.get()


def restored():
    """A point in time to which the database goes back, after the call inside has been made."""
    return transaction.atomic()


@pytest.mark.parametrize(
    ("hours", "calls"), [(1, ["POST", "POST"]), (23, ["POST", "GET"])], ids=["young", "old"]
)
def test_case_34_after_a_restore_the_same_key_is_sent_only_while_stripe_knows_it(
    fake, under_way, hours, calls
):
    with restored():
        earning.send(RIPE)
        assert Payout.objects.get().state == "paid"
        transaction.set_rollback(True)
    command = StripeCommand.objects.get()
    assert (command.state, Payout.objects.get().state) == ("pending", "pending")
    assert ledger.verify() == [], "what was sealed before is as it was"
    services.send_command(command=command, at=RIPE + hours * HOUR)
    assert [method for method, path in fake.calls if path == "/v1/transfers"] == calls
    [made] = fake.all("transfer")
    payout = Payout.objects.get()
    assert (payout.state, payout.transfer_id) == ("paid", made["id"])
    assert ledger.verify() == []
    assert payouts.pay_out(at=RIPE + timedelta(days=1)) == 0
