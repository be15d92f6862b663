"""Money in under threads: one payment, no refund twice, no hold beside a freeze."""

import pytest
from django.db import connection

from marketplace.billing import services
from marketplace.billing.models import AutoTopUp, CreditLot, Refund, TopUp
from marketplace.billing.services import automatic, lots
from marketplace.ledger import services as ledger
from tests.billing import stand_in
from tests.billing.test_automatic import allow
from tests.make import NOON
from tests.race import all_have_called, together

pytestmark = pytest.mark.django_db(transaction=True)
GUARD = "top_up_one_automatic_in_flight"


@pytest.fixture
def setting(fake, harbour, alice):
    stand_in.give_card(fake, harbour)
    return allow(harbour, alice, day_cap_micro=400_000_000, month_cap_micro=400_000_000)


def tick():
    services.auto_top_up(setting=AutoTopUp.objects.get(), at=NOON)


def send_all(fake):
    for made in TopUp.objects.all():
        stand_in.send(made.commands.get())
    return len(stand_in.intents(fake))


def test_ten_ticks_at_once_are_one_payment(fake, setting):
    assert together(*[tick] * 10) == [None] * 10
    assert send_all(fake) == 1
    assert stand_in.available(setting.organisation) == 20_000_000


def unlocked(monkeypatch):
    get = AutoTopUp.objects.select_related("organisation").get
    monkeypatch.setattr(automatic, "_locked", lambda setting: get(pk=setting.pk))


def test_the_constraint_alone_is_enough(fake, setting, monkeypatch):
    unlocked(monkeypatch)
    assert together(*[tick] * 10) == [None] * 10
    assert send_all(fake) == 1


def test_control_without_lock_and_constraint_many_are_paid(fake, setting, monkeypatch):
    unlocked(monkeypatch)
    lots.wallet_of(setting.organisation)  # is there, or all would wait for who makes it
    monkeypatch.setattr(automatic, "_decide", all_have_called(automatic._decide, 10))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef(%s::regclass)", [GUARD])
        [definition] = cursor.fetchone()
        cursor.execute(f"DROP INDEX {GUARD}")
    try:
        together(*[tick] * 10)
        assert send_all(fake) > 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("TRUNCATE billing_topup CASCADE")
            cursor.execute("SET session_replication_role = origin")
            cursor.execute(definition)


@pytest.fixture
def lot(fake, harbour):
    return stand_in.paid(harbour)


def ask(key):
    """Three of these fit into the lot."""
    lot = CreditLot.objects.get()
    return services.refund(lot=lot, amount_micro=8_000_000, reason="x", by=None, key=key, at=NOON)


def test_eight_refunds_at_once_give_back_no_more_than_is_unspent(lot):
    outcome = together(*[lambda key=str(n): ask(key) for n in range(8)])
    kinds = sorted(type(one).__name__ for one in outcome)
    assert kinds == ["BadRefund"] * 5 + ["Refund"] * 3
    lot.refresh_from_db()
    assert (lot.refunding_micro, stand_in.available(lot.organisation)) == (24_000_000, 1_000_000)
    assert ledger.verify() == []


def test_control_without_the_lock_the_lot_forgets_what_it_owes(lot, monkeypatch):
    """The wallet's floor still refuses to give money twice; the lot would be written over."""

    def look(*, organisation, at):
        return ledger.balance(account=lots.wallet_of(organisation))

    with monkeypatch.context() as patch:
        patch.setattr(lots, "draw", all_have_called(look, 3))
        together(*[lambda key=str(n): ask(key) for n in range(3)])
    lot.refresh_from_db()
    assert lot.refunding_micro < sum(one.amount_micro for one in Refund.objects.all())


def test_spending_and_refunding_at_once_never_use_money_twice(lot):
    def spend(n):
        return stand_in.spend(lot.organisation, 3_000_000, f"use{n}")

    together(
        *[lambda key=str(n): ask(key) for n in range(4)],
        *[lambda n=n: spend(n) for n in range(6)],
    )
    wallet = services.wallet(organisation=lot.organisation)
    assert wallet.posted - wallet.held >= 0
    assert ledger.verify() == []
    for made in Refund.objects.all():
        stand_in.send(made.commands.get())
    given = sum(one.amount_micro for one in Refund.objects.filter(state="succeeded"))
    assert services.wallet(organisation=lot.organisation).posted == (
        25_000_000 - given - spent(lot)
    )
    assert services.verify_lots() == []


def spent(lot):
    fee = ledger.account(kind="platform_fee", currency="USD")
    return ledger.net_micro(account=fee)


def test_no_hold_is_placed_beside_a_freeze(lot):
    account = lots.wallet_of(lot.organisation)

    def hold(n):
        return ledger.place_hold(key=f"h{n}", account=account, amount=1_000_000)

    def freeze():
        ledger.freeze(key="f", account=account, reason="x", at=NOON)
        return services.wallet(organisation=lot.organisation).held

    held, *rest = together(freeze, *[lambda n=n: hold(n) for n in range(8)])
    placed = [one for one in rest if not isinstance(one, Exception)]
    refused = [one for one in rest if isinstance(one, ledger.WalletFrozen)]
    assert len(placed) + len(refused) == 8
    assert held == len(placed) * 1_000_000, "after the freeze no hold was added"
    assert services.wallet(organisation=lot.organisation).held == held
