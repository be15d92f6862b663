"""Disputes that go another way than to the end of one: closed, changed, won and lost again."""

from datetime import timedelta

import pytest

from marketplace.billing import services
from marketplace.billing.fake_stripe.resources import disputes as at_stripe
from marketplace.billing.models import StripeEvent
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Transaction
from tests.billing import stand_in
from tests.billing.stand_in import assert_books_hold, available, paid, spend
from tests.billing.test_chargebacks import decide, disputed, hold
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


def change(fake, row, kind="charge.dispute.closed", **facts):
    """The bank thinks otherwise, and Stripe tells us."""
    made = fake.objects[row.dispute_id]
    made.update(facts)
    fake.emit(kind, made)
    for _ in range(2):
        stand_in.hear_all(fake)
    row.refresh_from_db()
    return row


def test_one_that_is_closed_undecided_with_the_money_gone_is_lost(fake, harbour):
    lot = paid(harbour)
    spend(harbour, 5_000_000)
    row = change(fake, disputed(fake, lot), status="prevented")
    assert (row.state, row.clawed_micro, row.owed_micro) == ("lost", 20_000_000, 5_000_000)
    assert (available(harbour), ledger.totals(currency="USD")["dispute_held"]) == (0, 0)
    assert_books_hold()


def test_one_that_is_closed_undecided_with_the_money_back_thaws_the_wallet(fake, harbour):
    row = disputed(fake, paid(harbour))
    at_stripe._move(fake, fake.objects[row.dispute_id], 2_500, 0, "charge.dispute.updated")
    change(fake, row, status="prevented")
    assert (row.state, available(harbour)) == ("closed", 25_000_000)
    assert ledger.totals(currency="USD")["dispute_held"] == 0
    assert hold(harbour, 25_000_000).amount == 25_000_000


def test_what_the_bank_wants_and_until_when_is_as_it_was_last_told(fake, harbour):
    row = disputed(fake, paid(harbour), "warning_needs_response")
    later = row.due_by + timedelta(days=30)
    due = {"evidence_details": {**fake.objects[row.dispute_id]["evidence_details"]}}
    due["evidence_details"]["due_by"] = int(later.timestamp())
    change(fake, row, "charge.dispute.updated", amount=1_000, reason="duplicate", **due)
    assert (row.amount_micro, row.reason, row.due_by) == (10_000_000, "duplicate", later)
    at_stripe.escalate(fake, row.dispute_id)
    decide(fake, row, won=False)
    assert (row.clawed_micro, available(harbour)) == (10_000_000, 15_000_000)
    assert ledger.totals(currency="USD")["dispute_held"] == 0
    change(fake, row, "charge.dispute.updated", amount=2_000)
    assert row.amount_micro == 10_000_000, "decided"
    assert_books_hold()


def test_money_that_comes_back_is_booked_on_the_day_it_came(fake, harbour):
    row = disputed(fake, paid(harbour))
    later = NOON + timedelta(days=60)
    fake.clock = later.timestamp
    decide(fake, row, won=True)
    rows = Transaction.objects.filter(kind="dispute").order_by("pk")
    assert list(rows.values_list("event_at", flat=True)) == [NOON, later]


@pytest.mark.parametrize(("before", "status"), [("closed", "prevented"), ("won", "lost")])
def test_one_that_was_over_is_lost_when_the_bank_takes_the_money_after_all(
    fake, harbour, before, status
):
    row = disputed(fake, paid(harbour), "warning_needs_response")
    if before == "won":
        at_stripe.escalate(fake, row.dispute_id)
    decide(fake, row, won=True)
    assert (row.state, available(harbour)) == (before, 25_000_000)
    spend(harbour, 5_000_000)
    taken = at_stripe._move
    taken(fake, fake.objects[row.dispute_id], -2_500, 0, "charge.dispute.funds_withdrawn")
    change(fake, row, status=status)
    assert (row.state, row.clawed_micro, row.owed_micro) == ("lost", 20_000_000, 5_000_000)
    sums = ledger.totals(currency="USD")
    assert (sums["wallet_paid"], sums["dispute_held"]) == (0, 0)
    assert services.owes_micro(organisation=harbour) == 5_000_000
    assert_books_hold()


def test_one_that_was_won_and_is_called_lost_with_the_money_here_is_for_staff(fake, harbour):
    row = decide(fake, disputed(fake, paid(harbour)), won=True)
    change(fake, row, status="lost")
    assert (row.state, available(harbour)) == ("won", 25_000_000)
    last = StripeEvent.objects.order_by("pk").last()
    assert last.error == "was won, is lost at Stripe; look at it"
    assert_books_hold()


def test_what_was_taken_from_a_balance_in_another_currency_is_not_booked_as_ours(fake, harbour):
    lot = paid(harbour)
    charge = fake.get("payment_intent", lot.top_up.payment_intent)["latest_charge"]
    made = at_stripe.open_dispute(fake, charge)
    made["balance_transactions"][0].update(currency="sgd", amount=-3_375, net=-3_375 - 1_500)
    stand_in.hear_all(fake)
    assert "dispute_held" not in ledger.totals(currency="USD")
    assert (available(harbour), services.wallet(organisation=harbour).held) == (0, 25_000_000)
    [txn] = made["balance_transactions"]
    fake.clock = (NOON + 2 * HOUR).timestamp
    found = services.reconcile(at=NOON + 2 * HOUR).findings.filter(kind="missing")
    assert [(row.subject, row.stripe_micro) for row in found] == [
        (f"stripe:bt:{txn['id']}", -33_750_000)
    ]
