"""Money under threads: one fact is one transaction, and no wallet goes below its floor."""

from uuid import UUID

import pytest
from django.db import connection, transaction

from marketplace.ledger import services as ledger
from marketplace.ledger.models import Balance, Hold, Kind, Transaction, Transfer
from tests.make import NOON
from tests.race import all_have_called, together

pytestmark = pytest.mark.django_db(transaction=True)
FLOOR = next(c for c in Balance._meta.constraints if c.name == "balance_above_floor")


@pytest.fixture
def accounts():
    wallet = ledger.account(kind=Kind.WALLET, owner=UUID(int=1), currency="USD")
    pending = ledger.account(kind=Kind.STRIPE_PENDING, currency="USD")
    fee = ledger.account(kind=Kind.PLATFORM_FEE, currency="USD")
    return wallet, pending, fee


def post(key, debit, credit, amount):
    return ledger.post(key=key, kind="test", entries=[ledger.Entry(debit, credit, amount)], at=NOON)


@pytest.fixture
def floorless():
    with connection.schema_editor() as editor:
        editor.remove_constraint(Balance, FLOOR)
    yield
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_balance SET posted = 0, held = 0")
    with connection.schema_editor() as editor:
        editor.add_constraint(Balance, FLOOR)


def test_one_fact_told_by_32_threads_is_booked_once(accounts):
    wallet, pending, _ = accounts
    outcome = together(*[lambda: post("stripe:pi:1", pending, wallet, 700)] * 32)
    assert {made.pk for made in outcome} == {Transaction.objects.get().pk}
    assert Transfer.objects.count() == 1
    assert ledger.balance(account=wallet).posted == 700


def test_control_looking_for_the_key_first_books_it_again(accounts):
    """What the unique key is for: without its judgement the same fact is booked by many."""
    wallet, pending, _ = accounts
    look = all_have_called(Transaction.objects.filter(key__startswith="naive").exists, 8)

    def naive(place):
        if not look():
            post(f"naive:{place}", pending, wallet, 700)

    together(*[lambda place=place: naive(place) for place in range(8)])
    assert Transaction.objects.count() > 1


def spend_all(accounts):
    wallet, pending, fee = accounts
    post("fund", pending, wallet, 1_000)
    outcome = together(
        *[lambda place=place: post(f"spend:{place}", wallet, fee, 90) for place in range(24)]
    )
    return sum(isinstance(one, Transaction) for one in outcome), outcome


def test_24_spends_never_take_more_than_there_is(accounts):
    booked, outcome = spend_all(accounts)
    assert booked == 11
    assert sum(isinstance(one, ledger.InsufficientFunds) for one in outcome) == 13
    assert ledger.balance(account=accounts[0]).posted == 10
    assert ledger.verify() == []


def test_control_without_the_floor_the_wallet_is_overspent(accounts, floorless):
    booked, _ = spend_all(accounts)
    assert booked == 24
    assert ledger.balance(account=accounts[0]).posted == 1_000 - 24 * 90


def test_twelve_holds_and_twelve_spends_share_one_wallet(accounts):
    wallet, pending, fee = accounts
    post("fund", pending, wallet, 10_000)

    def hold(place):
        return ledger.place_hold(key=f"h{place}", account=wallet, amount=3_000)

    outcome = together(
        *[lambda place=place: hold(place) for place in range(12)],
        *[lambda place=place: post(f"s{place}", wallet, fee, 5_000) for place in range(12)],
    )
    held = sum(isinstance(one, Hold) for one in outcome)
    spent = sum(isinstance(one, Transaction) for one in outcome)
    assert 3_000 * held + 5_000 * spent <= 10_000
    assert (held, spent) in {(3, 0), (1, 1), (0, 2)}
    row = ledger.balance(account=wallet)
    assert (row.posted, row.held) == (10_000 - 5_000 * spent, 3_000 * held)


def test_crossed_postings_over_two_wallets_do_not_deadlock(accounts):
    _, pending, fee = accounts
    pair = [
        ledger.account(kind=Kind.WALLET, owner=UUID(int=owner), currency="USD")
        for owner in (11, 12)
    ]
    for place, wallet in enumerate(pair):
        post(f"fund{place}", pending, wallet, 1_000)

    def both(key, order):
        with transaction.atomic():
            return ledger.post(
                key=key,
                kind="test",
                entries=[ledger.Entry(wallet, fee, 1) for wallet in order],
                at=NOON,
            )

    for turn in range(10):
        outcome = together(
            lambda turn=turn: both(f"a{turn}", pair), lambda turn=turn: both(f"b{turn}", pair[::-1])
        )
        assert all(isinstance(one, Transaction) for one in outcome)
    assert [ledger.balance(account=wallet).posted for wallet in pair] == [980, 980]
