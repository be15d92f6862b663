from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from marketplace.core.idempotency import KeyReused
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account, Balance, Hold, Kind, Transaction, Transfer
from tests.make import NOON

pytestmark = pytest.mark.django_db
OWNER = UUID(int=7)


@pytest.fixture
def wallet(db):
    return ledger.account(kind=Kind.WALLET, owner=OWNER, currency="USD")


@pytest.fixture
def pending(db):
    return ledger.account(kind=Kind.STRIPE_PENDING, currency="USD")


@pytest.fixture
def fee(db):
    return ledger.account(kind=Kind.PLATFORM_FEE, currency="USD")


def post(key, *entries, **more):
    return ledger.post(key=key, kind="test", entries=entries, at=NOON, **more)


def fund(wallet, pending, amount, key="fund"):
    return post(key, ledger.Entry(pending, wallet, amount))


def seen(account):
    row = ledger.balance(account=account)
    return (row.posted, row.held, row.available)


def test_an_account_is_opened_once(wallet):
    assert ledger.account(kind=Kind.WALLET, owner=OWNER, currency="USD") == wallet
    assert Account.objects.count() == 1
    assert seen(wallet) == (0, 0, 0)


def test_a_transfer_moves_the_same_amount_on_both_sides(wallet, pending):
    fund(wallet, pending, 5_000)
    assert seen(wallet) == (5_000, 0, 5_000)
    assert ledger.totals(currency="USD") == {"wallet_paid": 5_000, "stripe_pending": -5_000}


def test_the_same_fact_twice_is_booked_once(wallet, pending):
    assert fund(wallet, pending, 5_000) == fund(wallet, pending, 5_000)
    assert Transfer.objects.count() == 1


def test_the_same_key_for_another_fact_is_an_error(wallet, pending):
    fund(wallet, pending, 5_000)
    with pytest.raises(KeyReused):
        fund(wallet, pending, 5_001)
    assert seen(wallet) == (5_000, 0, 5_000)


def test_an_overspend_is_refused_and_leaves_nothing(wallet, pending, fee):
    fund(wallet, pending, 100)
    with pytest.raises(ledger.InsufficientFunds):
        post("spend", ledger.Entry(wallet, fee, 101))
    assert seen(wallet) == (100, 0, 100)
    assert not Transaction.objects.filter(key="spend").exists()
    post("spend", ledger.Entry(wallet, fee, 100))
    assert seen(wallet) == (0, 0, 0)


def test_what_is_held_cannot_be_spent(wallet, pending, fee):
    fund(wallet, pending, 100)
    ledger.place_hold(key="h", account=wallet, amount=60)
    with pytest.raises(ledger.InsufficientFunds):
        post("spend", ledger.Entry(wallet, fee, 41))
    assert seen(wallet) == (100, 60, 40)


def test_a_capture_spends_the_hold(wallet, pending, fee):
    fund(wallet, pending, 100)
    hold = ledger.place_hold(key="h", account=wallet, amount=100)
    post("use", ledger.Entry(wallet, fee, 30), capture=ledger.Capture(hold, 30))
    assert seen(wallet) == (70, 70, 0)
    assert ledger.release_hold(hold=hold) == 70
    assert ledger.release_hold(hold=hold) == 0
    assert seen(wallet) == (70, 0, 70)


def test_no_more_is_captured_than_is_held(wallet, pending, fee):
    fund(wallet, pending, 100)
    hold = ledger.place_hold(key="h", account=wallet, amount=20)
    with pytest.raises(ledger.InsufficientFunds):
        post("use", ledger.Entry(wallet, fee, 21), capture=ledger.Capture(hold, 21))
    assert seen(wallet) == (100, 20, 80)
    assert not Transaction.objects.filter(key="use").exists()


def test_a_hold_is_placed_once_per_key(wallet, pending):
    fund(wallet, pending, 100)
    first = ledger.place_hold(key="h", account=wallet, amount=60)
    assert ledger.place_hold(key="h", account=wallet, amount=60) == first
    with pytest.raises(KeyReused):
        ledger.place_hold(key="h", account=wallet, amount=61)
    assert seen(wallet) == (100, 60, 40)


def test_more_than_there_is_cannot_be_held(wallet, pending):
    fund(wallet, pending, 100)
    with pytest.raises(ledger.InsufficientFunds):
        ledger.place_hold(key="h", account=wallet, amount=101)
    assert not Hold.objects.exists()


@pytest.mark.parametrize("amount", [0, -1])
def test_an_amount_is_positive(wallet, pending, amount):
    with pytest.raises(ledger.BadEntry, match="positive"):
        fund(wallet, pending, amount)
    assert not Transaction.objects.exists()


def test_a_transaction_has_entries():
    with pytest.raises(ledger.BadEntry, match="at least one"):
        post("empty")


def test_currencies_do_not_mix(wallet):
    euro = ledger.account(kind=Kind.STRIPE_PENDING, currency="EUR")
    with pytest.raises(ledger.BadEntry, match="same currency"):
        fund(wallet, euro, 1)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"amount": -5}, "transfer_amount_positive"),
        ({"amount": 0}, "transfer_amount_positive"),
        ({"currency": "EUR"}, "currency"),
        ({"credit": "debit"}, "transfer_two_accounts"),
    ],
)
def test_the_database_refuses_what_does_not_balance(wallet, pending, change, constraint):
    booked = fund(wallet, pending, 5)
    row = {"transaction": booked, "debit": pending, "credit": wallet, "currency": "USD"}
    row |= {"amount": 5, **change}
    if row["credit"] == "debit":
        row["credit"] = row["debit"]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Transfer.objects.create(**row)
    assert seen(wallet) == (5, 0, 5)


@pytest.mark.parametrize("table", ["ledger_transfer", "ledger_transaction", "ledger_account"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_books_cannot_be_rewritten(wallet, pending, table, sql):
    fund(wallet, pending, 5)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or TRUNCATE stumbles earlier
    with (
        pytest.raises(DatabaseError, match="is forbidden: its rows are evidence"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql.format(table))
    assert seen(wallet) == (5, 0, 5)


def test_a_hold_only_shrinks(wallet, pending):
    fund(wallet, pending, 100)
    hold = ledger.place_hold(key="h", account=wallet, amount=60)
    Hold.objects.filter(pk=hold.pk).update(amount=10)
    for change in ({"amount": 20}, {"placed": 90}, {"key": "other"}):
        with pytest.raises(IntegrityError, match="only shrinks"), transaction.atomic():
            Hold.objects.filter(pk=hold.pk).update(**change)
    with pytest.raises(DatabaseError, match="forbidden"), transaction.atomic():
        hold.delete()
    assert seen(wallet) == (100, 10, 90)


def test_an_account_without_a_floor_cannot_be_held_from(fee):
    with pytest.raises(IntegrityError, match="no balance to hold from"), transaction.atomic():
        ledger.place_hold(key="h", account=fee, amount=1)


def test_verify_finds_a_balance_that_was_tampered_with(wallet, pending, capsys):
    fund(wallet, pending, 100)
    ledger.place_hold(key="h", account=wallet, amount=60)
    assert ledger.verify() == []
    call_command("verify_ledger")
    Balance.objects.filter(account=wallet).update(posted=101, held=1)
    assert ledger.verify() == [
        f"account {wallet.pk} shows 101, its transfers sum to 100",
        f"account {wallet.pk} shows 1 held, its holds sum to 60",
    ]
    with pytest.raises(CommandError, match="2 disagreements"):
        call_command("verify_ledger")
