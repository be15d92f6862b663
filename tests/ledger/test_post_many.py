"""Many facts in one go: the same rules, all or nothing, as many statements as for one."""

from uuid import UUID

import pytest

from marketplace.core.idempotency import KeyReused
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind, Transaction, Transfer
from tests.make import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def wallets(db):
    return [ledger.account(kind=Kind.WALLET, owner=UUID(int=n), currency="USD") for n in (1, 2)]


@pytest.fixture
def pending(db):
    return ledger.account(kind=Kind.STRIPE_PENDING, currency="USD")


@pytest.fixture
def fee(db):
    return ledger.account(kind=Kind.PLATFORM_FEE, currency="USD")


def posting(key, debit, credit, amount, **more):
    return ledger.Posting(key, "test", [ledger.Entry(debit, credit, amount)], NOON, **more)


def funds(wallets, pending, amount=100):
    return [posting(f"fund{n}", pending, wallet, amount) for n, wallet in enumerate(wallets)]


def seen(wallets):
    rows = [ledger.balance(account=wallet) for wallet in wallets]
    return [(row.posted, row.held) for row in rows]


def test_many_are_booked_and_returned_in_the_order_given(wallets, pending):
    wanted = funds(wallets, pending)[::-1]
    made = ledger.post_many(postings=wanted)
    assert [one.key for one in made] == ["fund1", "fund0"]
    assert [one.pk for one in made] == [Transaction.objects.get(key=one.key).pk for one in made]
    assert seen(wallets) == [(100, 0), (100, 0)]
    assert ledger.verify() == []


def test_the_returned_row_is_the_row_of_the_database(wallets, pending):
    [made] = ledger.post_many(
        postings=[posting("k", pending, wallets[0], 1, actor="alice", reason="gift")]
    )
    stored = Transaction.objects.get()
    for field in Transaction._meta.fields:
        assert getattr(made, field.attname) == getattr(stored, field.attname), field.attname


def test_what_was_booked_before_is_returned_and_the_rest_is_booked(wallets, pending):
    [first] = ledger.post_many(postings=funds(wallets, pending)[:1])
    again, second = ledger.post_many(postings=funds(wallets, pending))
    assert again == first
    assert second != first
    assert seen(wallets) == [(100, 0), (100, 0)]
    assert Transfer.objects.count() == 2


def test_a_fact_told_twice_in_one_batch_is_booked_once(wallets, pending):
    one = funds(wallets, pending)[0]
    first, second = ledger.post_many(postings=[one, one])
    assert first == second
    assert seen(wallets) == [(100, 0), (0, 0)]


@pytest.mark.parametrize("before", [True, False])
def test_a_key_with_other_content_refuses_the_whole_batch(wallets, pending, before):
    one, two = funds(wallets, pending)
    other = posting("fund0", pending, wallets[0], 7)
    if before:
        ledger.post_many(postings=[other])
    held = seen(wallets)
    with pytest.raises(KeyReused):
        ledger.post_many(postings=[one, two] if before else [one, two, other])
    assert seen(wallets) == held


def test_one_overspend_refuses_the_whole_batch(wallets, pending, fee):
    ledger.post_many(postings=funds(wallets, pending))
    with pytest.raises(ledger.InsufficientFunds):
        ledger.post_many(postings=[posting(f"use{n}", wallets[n], fee, 100 + n) for n in range(2)])
    assert seen(wallets) == [(100, 0), (100, 0)]
    assert Transaction.objects.count() == 2


def test_captures_of_one_hold_add_up(wallets, pending, fee):
    ledger.post_many(postings=funds(wallets, pending))
    holds = [ledger.place_hold(key=f"h{n}", account=w, amount=60) for n, w in enumerate(wallets)]
    uses = [
        posting(f"use{n}", wallets[n % 2], fee, 20, capture=ledger.Capture(holds[n % 2], 20))
        for n in range(5)
    ]
    ledger.post_many(postings=uses)
    ledger.post_many(postings=uses)
    assert seen(wallets) == [(40, 0), (60, 20)]
    with pytest.raises(ledger.InsufficientFunds, match="hold"):
        ledger.post_many(
            postings=[
                posting(f"late{n}", wallets[1], fee, 11, capture=ledger.Capture(holds[1], 11))
                for n in range(2)
            ]
        )
    assert seen(wallets) == [(40, 0), (60, 20)]
    assert ledger.verify() == []


def test_nothing_is_nothing(db):
    assert ledger.post_many(postings=[]) == []


def test_statements_do_not_grow_with_the_batch(wallets, pending, fee, django_assert_num_queries):
    ledger.post_many(postings=funds(wallets, pending, 10_000))
    hold = ledger.place_hold(key="h", account=wallets[0], amount=5_000)
    plain = [posting(f"p{n}", wallets[0], fee, 1) for n in range(200)]
    caught = [
        posting(f"c{n}", wallets[0], fee, 1, capture=ledger.Capture(hold, 1)) for n in range(200)
    ]
    with django_assert_num_queries(3):  # savepoint, the rows, release
        ledger.post_many(postings=plain)
    with django_assert_num_queries(6):  # and the locks, the hold, the transfers
        ledger.post_many(postings=caught)
    assert seen(wallets)[0] == (9_600, 4_800)
