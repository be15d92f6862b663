"""Lots: spent in a fixed order, given back in the opposite one, each the sum of its moves."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from marketplace.billing import services
from marketplace.billing.models import CreditGrant, CreditLot, LotMove
from marketplace.billing.services import lots
from marketplace.core.states import IllegalMove
from marketplace.ledger import services as ledger
from tests import make
from tests.billing.stand_in import assert_books_hold, available, paid, spend
from tests.make import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def staff(db):
    return [make.user(f"staff{n}@example.test", is_staff=True) for n in (1, 2)]


def propose(organisation, staff, micro=10_000_000, expires=NOON + 30 * DAY):
    return services.propose_credit(
        organisation=organisation,
        amount_micro=micro,
        expires_at=expires,
        reason="welcome",
        by=staff[0],
        at=NOON,
    )


def give(organisation, staff, **more):
    return services.give_credit(grant=propose(organisation, staff, **more), by=staff[1], at=NOON)


def drawn(organisation):
    with transaction.atomic():
        lots.draw(organisation=organisation, at=NOON)
    rows = organisation.credit_lots.in_order_of_spending()
    return [(row.kind, row.remaining_micro) for row in rows]


def test_each_top_up_is_a_lot_however_often_it_is_heard_of(fake, harbour):
    lot = paid(harbour)
    assert (lot.kind, lot.amount_micro, lot.remaining_micro) == ("paid", 25_000_000, 25_000_000)
    services.send_command(command=lot.top_up.commands.get(), at=NOON)
    assert CreditLot.objects.get() == lot


def test_promotional_credit_is_spent_first_then_the_oldest_payment(fake, harbour, staff):
    paid(harbour, micro=20_000_000, key="first")
    paid(harbour, micro=30_000_000, key="second")
    give(harbour, staff, expires=NOON + 60 * DAY)
    give(harbour, staff, micro=5_000_000, expires=NOON + 30 * DAY)
    spend(harbour, 7_000_000, "a")
    assert [left for _, left in drawn(harbour)] == [0, 8_000_000, 20_000_000, 30_000_000]
    spend(harbour, 20_000_000, "b")
    assert [left for _, left in drawn(harbour)] == [0, 0, 8_000_000, 30_000_000]
    assert_books_hold()


def test_what_is_given_back_returns_to_what_was_spent_last(fake, harbour, staff):
    paid(harbour, micro=20_000_000)
    give(harbour, staff)
    spend(harbour, 15_000_000, "a")
    assert drawn(harbour) == [("promo", 0), ("paid", 15_000_000)]
    spend(harbour, -7_000_000, "b")
    assert drawn(harbour) == [("promo", 2_000_000), ("paid", 20_000_000)]
    kinds = [(move.kind, move.amount_micro) for move in LotMove.objects.order_by("pk")]
    assert kinds == [
        ("spent", -10_000_000),
        ("spent", -5_000_000),
        ("returned", 5_000_000),
        ("returned", 2_000_000),
    ]
    assert_books_hold()


def test_a_lot_that_comes_later_does_not_pay_for_what_was_spent_before(fake, harbour, staff):
    paid(harbour, micro=20_000_000)
    spend(harbour, 5_000_000)
    give(harbour, staff)
    assert drawn(harbour) == [("promo", 10_000_000), ("paid", 15_000_000)]


def test_money_without_a_lot_is_spent_first(fake, harbour):
    make.funded(harbour, 5_000_000)
    paid(harbour, micro=20_000_000)
    spend(harbour, 6_000_000)
    assert drawn(harbour) == [("paid", 19_000_000)]


def test_credit_needs_two_of_the_staff(harbour, staff):
    grant = propose(harbour, staff)
    with pytest.raises(services.BadGrant, match="somebody else"):
        services.give_credit(grant=grant, by=staff[0], at=NOON)
    with pytest.raises(IntegrityError, match="grant_four_eyes"), transaction.atomic():
        CreditGrant.objects.filter(pk=grant.pk).update(
            state="given", decided_by=staff[0], decided_at=NOON
        )
    assert (available(harbour), CreditLot.objects.count()) == (0, 0)
    services.give_credit(grant=grant, by=staff[1], at=NOON)
    assert available(harbour) == 10_000_000
    assert ledger.totals(currency="USD") == {"wallet_paid": 10_000_000, "promo": -10_000_000}
    with pytest.raises(IllegalMove):
        services.give_credit(grant=grant, by=staff[1], at=NOON)
    assert available(harbour) == 10_000_000


def test_a_rejected_proposal_gives_nothing(harbour, staff):
    grant = propose(harbour, staff)
    services.reject_credit(grant=grant, by=staff[1], at=NOON)
    with pytest.raises(IllegalMove):
        services.give_credit(grant=grant, by=staff[1], at=NOON)
    assert available(harbour) == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"micro": 0}, "amount_micro"),
        ({"micro": 10_000_000_001}, "amount_micro"),
        ({"expires": NOON}, "expires_at"),
        ({"expires": NOON + 732 * DAY}, "expires_at"),
    ],
)
def test_a_bad_proposal_names_its_field_and_leaves_nothing(harbour, staff, change, field):
    with pytest.raises(services.BadGrant) as refused:
        propose(harbour, staff, **change)
    assert refused.value.field == field
    assert not CreditGrant.objects.exists()


def test_what_is_left_of_credit_expires_except_what_is_set_aside(harbour, staff):
    lot = give(harbour, staff)
    spend(harbour, 2_000_000)
    account = lots.wallet_of(harbour)
    hold = ledger.place_hold(key="lease", account=account, amount=3_000_000)
    late = NOON + 30 * DAY
    assert services.expire_credit(lot=lot, at=late - DAY) == 0
    assert services.expire_credit(lot=lot, at=late) == 5_000_000
    assert (available(harbour), services.wallet(organisation=harbour).held) == (0, 3_000_000)
    ledger.release_hold(hold=hold)
    assert services.expire_credit(lot=lot, at=late) == 3_000_000
    assert services.expire_credit(lot=lot, at=late) == 0
    lot.refresh_from_db()
    assert (lot.spent_micro, lot.gone_micro, lot.remaining_micro) == (2_000_000, 8_000_000, 0)
    assert list(CreditLot.objects.expired(at=late)) == []
    assert_books_hold()


def test_credit_that_a_running_lease_will_spend_first_does_not_expire_in_paid_moneys_stead(
    fake, harbour, staff
):
    """Of 35 it holds 30: all of the gift, and 20 that were paid."""
    paid_lot = paid(harbour)
    gift = give(harbour, staff)
    account, late = lots.wallet_of(harbour), NOON + 30 * DAY
    hold = ledger.place_hold(key="lease", account=account, amount=30_000_000)
    assert services.expire_credit(lot=gift, at=late) == 0
    fee = ledger.account(kind="platform_fee", currency="USD")
    ledger.post(
        key="usage",
        kind="usage",
        entries=[ledger.Entry(account, fee, 6_000_000)],
        at=late,
        capture=ledger.Capture(hold, 6_000_000),
    )
    ledger.release_hold(hold=hold)
    assert services.expire_credit(lot=gift, at=late) == 4_000_000
    paid_lot.refresh_from_db()
    assert (paid_lot.remaining_micro, available(harbour)) == (25_000_000, 25_000_000)
    assert_books_hold()


@pytest.mark.parametrize("part", ["spent_micro", "gone_micro", "refunding_micro"])
def test_the_database_takes_no_lot_that_is_used_twice(fake, harbour, part):
    lot = paid(harbour)
    with pytest.raises(IntegrityError, match="lot_not_used_twice"), transaction.atomic():
        CreditLot.objects.filter(pk=lot.pk).update(**{part: 25_000_001})


def test_a_lot_that_was_changed_by_hand_is_found(fake, harbour):
    lot = paid(harbour)
    assert services.verify_lots() == []
    CreditLot.objects.update(spent_micro=1)
    text = f"lot {lot.public_id} has 24999999, its moves say 25000000"
    assert services.verify_lots() == [text]
    found = services.reconcile(at=NOON).findings.get(kind="lot")
    assert (found.subject, found.note) == (f"lot {lot.public_id}", text)
