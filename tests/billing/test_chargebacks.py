"""Disputes: the wallet is frozen, what is left is set aside, then it is lost or won."""

import pytest
from django.db import IntegrityError, transaction

from marketplace.billing import services
from marketplace.billing.fake_stripe.resources import disputes as at_stripe
from marketplace.billing.models import Dispute, WalletNotice
from marketplace.billing.services import lots
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Freeze
from tests import make
from tests.billing import stand_in
from tests.billing.stand_in import assert_books_hold, available, paid, spend
from tests.make import NOON

pytestmark = pytest.mark.django_db


def disputed(fake, lot, status="needs_response"):
    """The card's owner went to the bank, and Stripe told us."""
    charge = fake.get("payment_intent", lot.top_up.payment_intent)["latest_charge"]
    made = at_stripe.open_dispute(fake, charge, status=status)
    stand_in.hear_all(fake)
    return Dispute.objects.get(dispute_id=made["id"])


def decide(fake, row, *, won):
    at_stripe.decide(fake, row.dispute_id, won=won)
    for _ in range(2):
        stand_in.hear_all(fake)
    row.refresh_from_db()
    return row


def hold(organisation, micro, key="lease"):
    return ledger.place_hold(key=key, account=lots.wallet_of(organisation), amount=micro)


def test_nothing_new_can_be_booked_and_what_is_left_is_set_aside(fake, harbour):
    lot = paid(harbour)
    spend(harbour, 5_000_000)
    row = disputed(fake, lot)
    wallet = services.wallet(organisation=harbour)
    assert (row.state, wallet.posted, wallet.held) == ("open", 20_000_000, 20_000_000)
    paid(harbour, micro=9_000_000, key="more")
    with pytest.raises(ledger.WalletFrozen, match="frozen while a payment into it is disputed"):
        hold(harbour, 1)
    assert available(harbour) == 9_000_000
    assert ledger.totals(currency="USD")["dispute_held"] == -25_000_000
    assert "disputed at its bank" in WalletNotice.objects.get(put_away_at=None).text
    assert_books_hold()


def test_what_runs_when_the_dispute_comes_can_still_be_paid(fake, harbour):
    lot = paid(harbour)
    running = hold(harbour, 6_000_000)
    disputed(fake, lot)
    fee = ledger.account(kind="platform_fee", currency="USD")
    ledger.post(
        key="usage",
        kind="usage",
        entries=[ledger.Entry(lots.wallet_of(harbour), fee, 6_000_000)],
        at=NOON,
        capture=ledger.Capture(running, 6_000_000),
    )
    assert services.wallet(organisation=harbour).posted == 19_000_000
    assert_books_hold()


def test_lost_takes_what_is_left_and_the_rest_is_owed(fake, harbour, sally):
    lot = paid(harbour)
    spend(harbour, 18_000_000)
    row = decide(fake, disputed(fake, lot), won=False)
    assert (row.state, row.clawed_micro, row.owed_micro) == ("lost", 7_000_000, 18_000_000)
    sums = ledger.totals(currency="USD")
    assert (sums["wallet_paid"], sums["dispute_held"]) == (0, 0)
    assert (sums["renter_receivable"], sums["platform_fee"]) == (-18_000_000, 18_000_000)
    assert services.owes_micro(organisation=harbour) == 18_000_000
    assert Freeze.objects.get().lifted_at is None
    assert services.write_off(organisation=harbour, reason="gone", by=sally, at=NOON) == 18_000_000
    sums = ledger.totals(currency="USD")
    assert (sums["renter_receivable"], sums["bad_debt"]) == (0, -18_000_000)
    assert Freeze.objects.get().lifted_at == NOON
    with pytest.raises(services.NothingOwed):
        services.write_off(organisation=harbour, reason="gone", by=sally, at=NOON)
    assert_books_hold()


def test_the_next_top_up_pays_the_debt_and_thaws_the_wallet(fake, harbour):
    lot = paid(harbour)
    spend(harbour, 25_000_000)
    decide(fake, disputed(fake, lot), won=False)
    paid(harbour, micro=10_000_000, key="a")
    assert (available(harbour), services.owes_micro(organisation=harbour)) == (0, 15_000_000)
    with pytest.raises(ledger.InsufficientFunds):
        hold(harbour, 1)
    paid(harbour, micro=20_000_000, key="b")
    assert (available(harbour), services.owes_micro(organisation=harbour)) == (5_000_000, 0)
    assert hold(harbour, 5_000_000, "new").amount == 5_000_000
    assert_books_hold()


def test_a_debt_that_was_paid_by_another_way_thaws_at_the_next_sweep(fake, harbour):
    lot = paid(harbour)
    spend(harbour, 25_000_000)
    decide(fake, disputed(fake, lot), won=False)
    account = ledger.account(kind="renter_receivable", owner=harbour.public_id, currency="USD")
    fee = ledger.account(kind="platform_fee", currency="USD")
    services.thaw_settled(at=NOON)
    assert Freeze.objects.get().lifted_at is None
    entry = ledger.Entry(fee, account, 25_000_000)
    ledger.post(key="k", kind="other", entries=[entry], at=NOON)
    for _ in range(2):
        services.thaw_settled(at=NOON)
    assert Freeze.objects.get().lifted_at == NOON


def test_two_disputes_of_one_wallet_each_take_their_own(fake, harbour):
    first = paid(harbour)
    spend(harbour, 20_000_000)
    one = disputed(fake, first)
    second = paid(harbour, micro=9_000_000, key="second")
    two = disputed(fake, second)
    assert (one.hold.amount, two.hold, available(harbour)) == (5_000_000, None, 9_000_000)
    decide(fake, two, won=False)
    assert (two.clawed_micro, two.owed_micro, available(harbour)) == (9_000_000, 0, 0)
    assert ledger.frozen(account=lots.wallet_of(harbour))
    decide(fake, one, won=False)
    assert (one.clawed_micro, one.owed_micro) == (5_000_000, 20_000_000)
    assert_books_hold()


def test_money_that_comes_while_it_is_open_pays_for_it_when_it_is_lost(fake, harbour):
    lot = paid(harbour)
    spend(harbour, 25_000_000)
    row = disputed(fake, lot)
    paid(harbour, micro=30_000_000, key="more")
    decide(fake, row, won=False)
    assert (row.clawed_micro, row.owed_micro, available(harbour)) == (25_000_000, 0, 5_000_000)
    assert hold(harbour, 5_000_000).amount == 5_000_000
    assert_books_hold()


def test_won_gives_everything_back_but_the_fee(fake, harbour):
    lot = paid(harbour)
    spend(harbour, 5_000_000)
    row = decide(fake, disputed(fake, lot), won=True)
    assert (row.state, row.clawed_micro, row.owed_micro) == ("won", 0, 0)
    wallet = services.wallet(organisation=harbour)
    assert (wallet.posted, wallet.held, wallet.available) == (20_000_000, 0, 20_000_000)
    assert ledger.totals(currency="USD")["dispute_held"] == 0
    assert hold(harbour, 20_000_000).amount == 20_000_000
    assert not WalletNotice.objects.filter(put_away_at=None).exists()
    assert_books_hold()


def test_a_lost_payment_is_not_refunded_as_well(fake, harbour):
    lot = paid(harbour)
    paid(harbour, micro=30_000_000, key="other")
    row = disputed(fake, lot)
    for _ in range(2):
        with pytest.raises(services.BadRefund, match="disputed at the card's bank"):
            services.refund(lot=lot, amount_micro=10_000, reason="x", by=None, key="r", at=NOON)
        decide(fake, row, won=False) if row.state == "open" else None
    lot.refresh_from_db()
    assert (lot.remaining_micro, available(harbour)) == (0, 30_000_000)
    assert_books_hold()


def test_an_inquiry_freezes_nothing_until_it_becomes_a_dispute(fake, harbour):
    lot = paid(harbour)
    row = disputed(fake, lot, "warning_needs_response")
    assert (row.state, available(harbour)) == ("inquiry", 25_000_000)
    at_stripe.escalate(fake, row.dispute_id)
    stand_in.hear_all(fake)
    row.refresh_from_db()
    assert (row.state, available(harbour)) == ("open", 0)


def test_an_inquiry_that_is_closed_leaves_nothing(fake, harbour):
    row = decide(fake, disputed(fake, paid(harbour), "warning_needs_response"), won=False)
    assert (row.state, available(harbour)) == ("closed", 25_000_000)
    assert "dispute_held" not in ledger.totals(currency="USD")


def test_a_dispute_heard_of_before_the_payment_books_both(fake, harbour):
    made = stand_in.ask(harbour, method="pm_card_createDispute")
    command = made.commands.get()
    fake.faults.append("drop")
    stand_in.send(command)
    events = [one for one in fake.events if one["type"].startswith("charge.dispute")]
    services.handle_event(event=stand_in.deliver(events[-1]), at=NOON)
    made.refresh_from_db()
    row = Dispute.objects.get()
    assert (made.state, row.state, row.top_up) == ("succeeded", "open", made)
    assert (available(harbour), services.wallet(organisation=harbour).held) == (0, 25_000_000)
    assert_books_hold()


def test_a_dispute_of_a_payment_that_is_not_ours_is_noted(fake, harbour, stripe_server):
    intent = stand_in.client(stripe_server[1]).v1.payment_intents.create(
        {
            "amount": 900,
            "currency": "usd",
            "payment_method": "pm_card_createDispute",
            "confirm": True,
        }
    )
    assert intent.status == "succeeded"
    event = stand_in.deliver(fake.events[-1])
    services.handle_event(event=event, at=NOON)
    event.refresh_from_db()
    assert (event.error, Dispute.objects.count()) == ("no top-up of ours", 0)


def test_the_providers_are_not_charged(fake, harbour):
    lot = paid(harbour)
    provider = ledger.account(
        kind="provider_pending", owner=make.organisation("P").public_id, currency="USD"
    )
    ledger.post(
        key="u",
        kind="usage",
        entries=[ledger.Entry(lots.wallet_of(harbour), provider, 25_000_000)],
        at=NOON,
    )
    decide(fake, disputed(fake, lot), won=False)
    sums = ledger.totals(currency="USD")
    assert (sums["provider_pending"], sums["renter_receivable"]) == (25_000_000, -25_000_000)


def test_a_freeze_is_only_lifted_and_only_once(fake, harbour):
    account = lots.wallet_of(harbour)
    ledger.freeze(key="f", account=account, reason="x", at=NOON)
    for change in ({"reason": "y"}, {"key": "g"}):
        with pytest.raises(IntegrityError, match="only lifted"), transaction.atomic():
            Freeze.objects.update(**change)
    with pytest.raises(IntegrityError, match="only lifted"), transaction.atomic():
        Freeze.objects.all().delete()
    assert ledger.lift(key="f", at=NOON) is True
    assert ledger.lift(key="f", at=NOON) is False
    with pytest.raises(IntegrityError, match="only lifted"), transaction.atomic():
        Freeze.objects.update(lifted_at=None)
    assert ledger.frozen(account=account) is False
