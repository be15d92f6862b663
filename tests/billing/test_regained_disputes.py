"""A dispute that was lost and is won after all: what was booked is undone, once, to the unit."""

from itertools import permutations

import pytest

from marketplace.billing import services
from marketplace.billing.fake_stripe.resources import charges
from marketplace.billing.fake_stripe.resources import disputes as at_stripe
from marketplace.billing.models import StripeEvent
from marketplace.billing.services import lots
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Freeze, Transaction
from tests.billing import stand_in
from tests.billing.stand_in import assert_books_hold, available, paid, spend
from tests.billing.test_chargebacks import decide, disputed, hold
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
USED = 18_000_000


@pytest.fixture
def lot(fake, harbour):
    """A payment of 25 USD, of which 18 were used."""
    made = paid(harbour)
    spend(harbour, USED)
    return made


@pytest.fixture
def lost(fake, lot):
    """That payment's dispute, lost: the wallet paid 7, and 18 are owed."""
    row = decide(fake, disputed(fake, lot), won=False)
    assert (row.clawed_micro, row.owed_micro) == (7_000_000, USED)
    return row


def regain(fake, row, **how):
    at_stripe.reinstate(fake, row.dispute_id, **how)
    return hear(fake, row)


def hear(fake, row):
    for _ in range(2):
        stand_in.hear_all(fake)
    row.refresh_from_db()
    return row


def books():
    sums = ledger.totals(currency="USD")
    names = ("stripe_pending", "dispute_held", "bad_debt", "renter_receivable", "wallet_paid")
    return tuple(sums.get(name, 0) // 1_000_000 for name in names)


def lost_again(fake, row):
    made = fake.objects[row.dispute_id]
    made["status"] = "lost"
    at_stripe._move(fake, made, -2_500, 0, "charge.dispute.funds_withdrawn")
    return hear(fake, row)


def test_it_pays_what_is_owed_and_the_rest_is_in_the_wallet_and_its_lot(fake, harbour, lot, lost):
    assert books() == (0, 0, 0, -18, 0)
    regain(fake, lost)
    assert (lost.state, lost.clawed_micro, lost.owed_micro) == ("won", 0, 0)
    assert books() == (-25, 0, 0, 0, 7)
    lot.refresh_from_db()
    assert (lot.gone_micro, lot.spent_micro, lot.remaining_micro) == (0, USED, 7_000_000)
    assert Freeze.objects.get().lifted_at == NOON
    assert hold(harbour, 7_000_000).amount == 7_000_000
    assert_books_hold()


def test_what_was_paid_of_the_debt_meanwhile_is_the_renters_again(fake, harbour, lot, lost):
    other = paid(harbour, micro=20_000_000, key="other")
    assert (available(harbour), services.owes_micro(organisation=harbour)) == (2_000_000, 0)
    regain(fake, lost)
    assert books() == (-45, 0, 0, 0, 27)
    services.look_at_lots(organisation=harbour, at=NOON)
    for one, left in ((lot, 7_000_000), (other, 20_000_000)):
        one.refresh_from_db()
        assert one.remaining_micro == left
    assert_books_hold()


def test_what_was_given_up_of_the_debt_is_no_loss_any_more(fake, harbour, lost, sally):
    paid(harbour, micro=10_000_000, key="part")
    services.write_off(organisation=harbour, reason="gone", by=sally, at=NOON)
    assert books() == (-10, 0, -8, 0, 0)
    regain(fake, lost)
    assert books() == (-35, 0, 0, 0, 17)
    assert_books_hold()


def test_what_was_given_up_comes_back_once(fake, harbour, lost, sally):
    second = paid(harbour, micro=9_000_000, key="second")
    assert services.owes_micro(organisation=harbour) == 9_000_000
    other = decide(fake, disputed(fake, second), won=False)
    assert (other.clawed_micro, other.owed_micro) == (0, 9_000_000)
    services.write_off(organisation=harbour, reason="gone", by=sally, at=NOON)
    assert books() == (0, 0, -18, 0, 0)
    regain(fake, lost)
    assert books() == (-25, 0, 0, 0, 7)
    regain(fake, other)
    assert books() == (-34, 0, 0, 0, 16)
    assert_books_hold()


def test_no_more_is_taken_for_what_was_given_up_than_this_dispute_left_owed(
    fake, harbour, lot, sally
):
    row = disputed(fake, paid(harbour, micro=9_000_000, key="second"))
    first = decide(fake, disputed(fake, lot), won=False)
    assert (first.clawed_micro, first.owed_micro) == (7_000_000, USED)
    decide(fake, row, won=False)
    assert (row.clawed_micro, row.owed_micro) == (9_000_000, 0)
    services.write_off(organisation=harbour, reason="gone", by=sally, at=NOON)
    regain(fake, row)
    assert books() == (-9, 0, -18, 0, 9)
    assert_books_hold()


def test_other_debts_are_paid_first_and_keep_the_wallet_frozen(fake, harbour, lot, lost):
    second = paid(harbour, micro=9_000_000, key="second")
    other = decide(fake, disputed(fake, second), won=False)
    assert services.owes_micro(organisation=harbour) == 18_000_000
    regain(fake, other)
    assert books() == (-9, 0, 0, -9, 0)
    assert ledger.frozen(account=lots.wallet_of(harbour))
    regain(fake, lost)
    assert books() == (-34, 0, 0, 0, 16)
    assert not ledger.frozen(account=lots.wallet_of(harbour))
    assert_books_hold()


def test_the_fee_that_comes_back_with_it_is_booked_once_and_nothing_is_found(fake, harbour, lost):
    fake.clock = (NOON + HOUR).timestamp
    regain(fake, lost, fee=at_stripe.FEE)
    later = NOON + 3 * HOUR
    fake.clock = later.timestamp
    assert services.reconcile(at=later).findings_count == 0
    assert ledger.totals(currency="USD")["stripe_fee"] == -charges.fee(2_500) * 10_000
    keys = Transaction.objects.filter(kind="stripe_fee").values_list("key", flat=True)
    taken = fake.objects[lost.dispute_id]["balance_transactions"]
    assert {f"stripe:fee:{txn['id']}" for txn in taken} <= set(keys)
    made = Transaction.objects.count()
    hear(fake, lost)
    assert services.reconcile(at=later).findings_count == 0
    assert Transaction.objects.count() == made
    assert_books_hold()


def test_money_that_comes_back_counts_also_while_stripe_calls_it_lost(fake, harbour, lost):
    regain(fake, lost, status="lost")
    assert (lost.state, books()) == ("won", (-25, 0, 0, 0, 7))
    assert_books_hold()


def test_one_that_is_called_won_before_the_money_is_back_waits_for_it(fake, harbour, lost):
    fake.objects[lost.dispute_id]["status"] = "won"
    fake.emit("charge.dispute.updated", fake.objects[lost.dispute_id])
    hear(fake, lost)
    assert (lost.state, books()) == ("lost", (0, 0, 0, -18, 0))
    assert StripeEvent.objects.order_by("pk").last().error == (
        "was lost, is won at Stripe; look at it"
    )
    regain(fake, lost)
    assert (lost.state, books()) == ("won", (-25, 0, 0, 0, 7))


def test_it_may_be_lost_and_won_any_number_of_times(fake, harbour, lot, lost):
    for _ in range(3):
        regain(fake, lost)
        assert (lost.state, books()) == ("won", (-25, 0, 0, 0, 7))
        lost_again(fake, lost)
        assert (lost.state, lost.clawed_micro, lost.owed_micro) == ("lost", 7_000_000, USED)
        assert books() == (0, 0, 0, -18, 0)
    lot.refresh_from_db()
    assert (lot.gone_micro, lot.remaining_micro) == (7_000_000, 0)
    assert_books_hold()


@pytest.mark.parametrize("heard", [0, 2, 3])
def test_in_any_order_and_twice_its_events_book_the_same(fake, harbour, lot, heard):
    """Of the events some are heard when they happen, the others when all is over."""
    charge = fake.get("payment_intent", lot.top_up.payment_intent)["latest_charge"]
    begin = len(fake.events)
    made = at_stripe.open_dispute(fake, charge)
    steps = [
        lambda: at_stripe.decide(fake, made["id"], won=False),
        lambda: at_stripe.reinstate(fake, made["id"]),
    ]
    for step in [lambda: None, *steps]:
        step()
        for event in fake.events[begin : begin + heard]:
            services.handle_event(event=stand_in.deliver(event), at=NOON)
    events = fake.events[begin:]
    assert len(events) == 4
    for order in permutations(range(4)):
        for number in order:
            again = {**events[number], "id": f"evt_{order}_{number}"}
            services.handle_event(event=stand_in.deliver(again), at=NOON)
        assert books() == (-25, 0, 0, 0, 7)
        assert services.owes_micro(organisation=harbour) == 0
    assert not ledger.frozen(account=lots.wallet_of(harbour))
    assert_books_hold()
