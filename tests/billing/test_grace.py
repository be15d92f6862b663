"""Who has a record is given time to pay: lent, held at once, owed, and never above a limit."""

import logging
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from marketplace.billing import services, tasks
from marketplace.billing.models import Grace, TopUp
from marketplace.billing.services import graces
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import WindowChange
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind, Transaction
from marketplace.notices.models import Notice as Told
from tests import make
from tests.billing import stand_in
from tests.billing.records import PRICE, again, record, rolling
from tests.billing.use import MINUTE, minutes, report
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
HALF = HOUR / 2


@pytest.fixture
def row(market, harbour):
    """An average day of theirs is an hour of this; it runs, and their money is for its first."""
    record(harbour)
    return rolling(harbour)


def roll(row, at):
    return services.roll(reservation=again(row), at=at)


def wallet(renter):
    balance = services.wallet(organisation=renter)
    return balance.posted, balance.held


def owed(renter):
    return services.owes_micro(organisation=renter)


def test_what_the_wallet_lacks_is_lent_and_held(row, harbour, caplog):
    assert wallet(harbour) == (PRICE, PRICE)
    assert services.grace_micro(organisation=harbour, at=NOON) == PRICE
    with caplog.at_level(logging.WARNING):
        assert roll(row, NOON + HALF)
    assert again(row).during.upper == NOON + 3 * HALF
    assert (wallet(harbour), owed(harbour)) == ((3 * PRICE // 2, 3 * PRICE // 2), PRICE // 2)
    [given] = Grace.objects.all()
    assert (given.amount_micro, given.owed_micro, given.limit_micro) == (PRICE // 2, 0, PRICE)
    assert given.change == WindowChange.objects.get()
    assert given.facts["used_micro"] == 30 * PRICE
    assert Transaction.objects.get(kind="grace").key == f"grace:{given.change.public_id}"
    assert not caplog.records, "what was granted is no alarm"
    assert ledger.verify() == []
    assert brokerage.illegal() == []


def test_what_there_is_is_held_first(row, harbour):
    make.funded(harbour, PRICE // 8)
    assert roll(row, NOON + HALF)
    assert owed(harbour) == PRICE // 2 - PRICE // 8
    assert wallet(harbour) == (3 * PRICE // 2, 3 * PRICE // 2)


def test_it_is_told_once_for_a_debt(row, harbour):
    assert roll(row, NOON + HALF)
    assert roll(row, NOON + HOUR)
    [told] = Told.objects.filter(kind="wallet.grace")
    assert told.facts == {
        "amount_micro": PRICE // 2,
        "owed_micro": PRICE // 2,
        "limit_micro": PRICE,
        "currency": "USD",
    }


def test_it_ends_at_the_limit_and_all_that_ran_is_charged_without_alarm(row, harbour, caplog):
    with caplog.at_level(logging.WARNING):
        assert roll(row, NOON + HALF)
        assert roll(row, NOON + HOUR)
        assert not roll(row, NOON + 3 * HALF)
        assert again(row).roll_refused == "money"
        assert owed(harbour) == PRICE
        brokerage.end_due(reservation=again(row), at=NOON + 2 * HOUR)
        report(row, minutes(0, 120), final=True, at=NOON + 3 * HOUR)
        cost = services.settle(reservation=again(row), at=NOON + 3 * HOUR)
    assert cost.total_micro == 2 * PRICE
    assert (wallet(harbour), owed(harbour)) == ((0, 0), PRICE)
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert ledger.verify() == []


def test_what_was_not_used_comes_back(row, harbour):
    assert roll(row, NOON + HALF)
    report(row, minutes(0, 40), final=True, at=NOON + 40 * MINUTE)
    brokerage.stop(reservation=again(row), by=None, at=NOON + 40 * MINUTE)
    services.settle(reservation=again(row), at=NOON + 2 * HOUR)
    used = PRICE * 2 // 3
    assert wallet(harbour) == (3 * PRICE // 2 - used, 0)
    tasks.collect_debts()
    assert (wallet(harbour), owed(harbour)) == ((PRICE - used, 0), 0)
    assert ledger.verify() == []


def test_money_that_comes_pays_the_debt_first_and_then_the_next_stretch(row, harbour):
    assert roll(row, NOON + HALF)
    make.funded(harbour, PRICE)
    assert services.owing.collect(organisation=harbour, at=NOON + HOUR) == PRICE // 2
    assert roll(row, NOON + HOUR)
    assert (wallet(harbour), owed(harbour)) == ((2 * PRICE, 2 * PRICE), 0)
    assert Grace.objects.count() == 1


def refused(row, renter, at=NOON + HALF):
    before = (wallet(renter), owed(renter), again(row).during, WindowChange.objects.count())
    assert not roll(row, at)
    assert again(row).roll_refused in ("money", "frozen")
    after = (wallet(renter), owed(renter), again(row).during, WindowChange.objects.count())
    assert after == before
    assert not Grace.objects.filter(at=at).exists()
    assert not Transaction.objects.filter(kind="grace", event_at=at).exists()


def test_newcomers_get_none(market, harbour):
    refused(rolling(harbour), harbour)


def test_who_began_to_pay_lately_gets_none(row, harbour):
    TopUp.objects.update(settled_at=NOON - timedelta(days=29))
    refused(row, harbour)


def test_who_lives_on_gifts_gets_none(row, harbour):
    harbour.credit_lots.update(amount_micro=PRICE // 2 - 1, spent_micro=0)
    assert services.grace_micro(organisation=harbour, at=NOON) < PRICE // 2
    refused(row, harbour)


def test_debtors_get_none(row, harbour):
    account, bank = graces.receivable(harbour), ledger.account(kind=Kind.BAD_DEBT, currency="USD")
    ledger.post(key="o", kind="test", entries=[ledger.Entry(account, bank, 1)], at=NOON)
    refused(row, harbour)


def test_who_was_forgiven_a_debt_gets_none(row, harbour, sally):
    assert roll(row, NOON + HALF)
    services.write_off(organisation=harbour, reason="Gone.", by=sally, at=NOON + HALF)
    refused(row, harbour, NOON + HOUR)


def test_who_owes_for_too_long_gets_no_more(row, harbour):
    assert roll(row, NOON + HALF)
    later = NOON + HALF + timedelta(days=3, seconds=1)
    assert services.grace_micro(organisation=harbour, at=later) == 0
    assert services.grace_micro(organisation=harbour, at=NOON + HOUR) == PRICE


def test_a_frozen_wallet_gets_none(row, harbour):
    account = brokerage.wallet_account(renter=harbour, currency="USD")
    ledger.freeze(key="f", account=account, reason="dispute", at=NOON)
    refused(row, harbour)


def test_who_lost_a_dispute_gets_none(row, harbour, monkeypatch):
    facts = graces.facts_of(harbour, NOON)
    monkeypatch.setattr(graces, "facts_of", lambda *of: facts._replace(lost_disputes=1))
    refused(row, harbour)


def test_without_a_cap_nobody_gets_any(row, harbour, settings):
    settings.GRACE_MOST_MICRO = 0
    refused(row, harbour)


def test_more_than_the_limit_is_not_lent_in_part(row, harbour, settings):
    settings.GRACE_MOST_MICRO = PRICE // 2 - 1
    refused(row, harbour)
    settings.GRACE_MOST_MICRO = PRICE // 2
    assert roll(row, NOON + HALF + MINUTE)


def test_nothing_is_lent_to_who_extends_by_hand(row, harbour):
    with pytest.raises(ledger.InsufficientFunds):
        services.extend(
            reservation=again(row), until=NOON + HOUR + MINUTE, key="k", by=None, at=NOON + HALF
        )
    assert (owed(harbour), Grace.objects.count()) == (0, 0)


def test_dearer_terms_are_lent_for_in_one(row, harbour, alice):
    make.funded(harbour, PRICE // 2)
    terms = services.offer_terms(
        reservation=row, price_micro=2 * PRICE, since=NOON + HALF, by=alice, at=NOON
    )
    services.accept_terms(offer=terms, by=alice, at=NOON)
    assert wallet(harbour) == (3 * PRICE // 2, 3 * PRICE // 2)
    assert roll(row, NOON + HALF)
    assert (Grace.objects.get().amount_micro, owed(harbour)) == (PRICE, PRICE)
    assert again(row).hold.amount == 5 * PRICE // 2


def test_lent_money_is_no_payment_that_could_be_refunded(row, harbour):
    assert roll(row, NOON + HALF)
    services.look_at_lots(organisation=harbour, at=NOON + HALF)
    assert wallet(harbour) == (3 * PRICE // 2, 3 * PRICE // 2)
    assert sum(lot.remaining_micro for lot in harbour.credit_lots.all()) == PRICE
    stand_in.assert_books_hold()


def given(change, renter, **facts):
    known = {
        "organisation": renter,
        "change": change,
        "amount_micro": 1,
        "owed_micro": 0,
        "limit_micro": PRICE,
        "currency": "USD",
        "facts": {},
        "at": NOON,
    }
    with transaction.atomic():
        Grace.objects.create(**{**known, **facts})


@pytest.mark.parametrize(
    ("facts", "guard"),
    [
        ({"amount_micro": 0}, "grace_positive"),
        ({"amount_micro": PRICE + 1}, "grace_within_limit"),
        ({"owed_micro": 1}, "is owed, not 1"),
    ],
)
def test_the_database_judges_what_is_lent(facts, guard, row, harbour):
    make.funded(harbour, PRICE)
    assert roll(row, NOON + HALF)
    with pytest.raises(IntegrityError, match=guard):
        given(WindowChange.objects.get(), harbour, **facts)


def test_the_database_lends_nothing_for_a_fixed_window(row, harbour):
    make.funded(harbour, 9 * PRICE)
    fixed = make.reservation(harbour, make.offer())
    change = brokerage.extend(
        reservation=again(fixed), until=NOON + 2 * HOUR, key="k", by=None, at=NOON
    )
    other = make.organisation("Other")
    for renter in (harbour, other):
        with pytest.raises(IntegrityError, match="for what runs until it is stopped"):
            given(change, renter)


def test_a_debtor_books_what_the_wallet_has_as_ever(row, harbour):
    """As before: what is owed is taken from what comes in, and books nothing by itself."""
    assert roll(row, NOON + HALF)
    with pytest.raises(ledger.InsufficientFunds):
        make.reservation(harbour, make.offer())
    make.funded(harbour, 2 * PRICE)
    tasks.collect_debts()
    assert make.reservation(harbour, make.offer()).state == "confirmed"
    assert wallet(harbour)[1] == 5 * PRICE // 2
