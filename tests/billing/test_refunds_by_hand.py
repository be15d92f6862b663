"""Refunds made at Stripe and not here: booked once, out of the wallet or as a debt."""

import pytest

from marketplace.billing import services
from marketplace.billing.fake_stripe.resources import refunds as at_stripe
from marketplace.billing.models import Refund, StripeEvent
from marketplace.billing.services import lots
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Transaction
from tests.billing import stand_in
from tests.billing.stand_in import assert_books_hold, available, paid, spend
from tests.billing.test_chargebacks import hold
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


def by_hand(fake, lot, minor=1_000, **more):
    """Somebody gives so much of a payment back on Stripe's own pages, and Stripe tells us twice."""
    intent = lot.top_up.payment_intent
    made = at_stripe.create_refund(fake, {"payment_intent": intent, "amount": minor, **more})
    return hear(fake, lot, made)


def hear(fake, lot, made):
    for _ in range(2):
        stand_in.hear_all(fake)
    for event in [dict(one) for one in fake.events]:
        again = {**event, "id": f"{event['id']}_again{StripeEvent.objects.count()}"}
        services.handle_event(event=stand_in.deliver(again), at=NOON)
    lot.refresh_from_db()
    return made


def books():
    sums = ledger.totals(currency="USD")
    names = ("stripe_pending", "renter_receivable", "wallet_paid")
    return tuple(sums.get(name, 0) // 1_000_000 for name in names)


def note():
    return StripeEvent.objects.filter(type__startswith="refund.").order_by("pk").last().error


def test_it_leaves_the_wallet_and_its_lot_once_and_nothing_is_found(fake, harbour):
    lot = paid(harbour)
    made = by_hand(fake, lot)
    assert (books(), available(harbour)) == ((-15, 0, 15), 15_000_000)
    assert (lot.gone_micro, lot.remaining_micro) == (10_000_000, 15_000_000)
    assert (note(), Refund.objects.count()) == (f"{made['id']} was made at Stripe; booked", 0)
    later = NOON + 3 * HOUR
    fake.clock = later.timestamp
    assert services.reconcile(at=later).findings_count == 0
    assert_books_hold()


def test_what_the_wallet_does_not_have_free_is_owed_and_what_runs_keeps_its_money(fake, harbour):
    lot = paid(harbour)
    spend(harbour, 18_000_000)
    running = hold(harbour, 4_000_000)
    by_hand(fake, lot)
    assert (books(), available(harbour)) == ((-15, -7, 4), 0)
    running.refresh_from_db()
    assert running.amount == 4_000_000
    assert services.owes_micro(organisation=harbour) == 7_000_000
    paid(harbour, micro=9_000_000, key="next")
    assert (available(harbour), services.owes_micro(organisation=harbour)) == (2_000_000, 0)
    assert_books_hold()


def test_one_that_the_bank_sends_back_is_in_the_wallet_and_its_lot_again(fake, harbour):
    lot = paid(harbour)
    made = by_hand(fake, lot)
    by_hand(fake, lot, 1_200)
    assert (books(), lot.gone_micro) == ((-3, 0, 3), 22_000_000)
    at_stripe.fail(fake, made["id"])
    hear(fake, lot, made)
    assert (books(), lot.gone_micro) == ((-13, 0, 13), 12_000_000)
    assert_books_hold()


def test_one_that_comes_back_pays_the_debt_it_made(fake, harbour):
    lot = paid(harbour)
    ours = services.refund(
        lot=lot, amount_micro=5_000_000, reason="asked", by=None, key="r", at=NOON
    )
    stand_in.send(ours.commands.get())
    spend(harbour, 17_000_000)
    made = by_hand(fake, lot)
    assert (books(), lot.gone_micro) == ((-10, -7, 0), 8_000_000)
    at_stripe.fail(fake, made["id"])
    hear(fake, lot, made)
    assert (books(), available(harbour)) == ((-20, 0, 3), 3_000_000)
    lots.look_at_lots(organisation=harbour, at=NOON)
    lot.refresh_from_db()
    assert (lot.gone_micro, lot.remaining_micro) == (5_000_000, 3_000_000)
    assert_books_hold()


def test_one_heard_of_before_its_payment_books_both(fake, harbour):
    asked = stand_in.ask(harbour)
    fake.faults.append("drop")
    stand_in.send(asked.commands.get())
    [intent] = stand_in.intents(fake)
    at_stripe.create_refund(fake, {"payment_intent": intent["id"], "amount": 1_000})
    services.handle_event(event=stand_in.deliver(fake.events[-1]), at=NOON)
    asked.refresh_from_db()
    assert (asked.state, books()) == ("succeeded", (-15, 0, 15))
    assert_books_hold()


def test_one_that_names_a_refund_unknown_here_is_by_hand_too(fake, harbour):
    unknown = {"refund": "00000000-0000-0000-0000-000000000000"}
    by_hand(fake, paid(harbour), metadata=unknown)
    assert books() == (-15, 0, 15)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"balance_transaction": None}, "no money has moved yet"),
        ({"currency": "sgd"}, "in SGD; not booked"),
    ],
)
def test_what_moved_nothing_or_another_currency_is_only_noted(fake, harbour, change, why):
    lot = paid(harbour)
    before = Transaction.objects.count()
    at_stripe.create_refund(
        fake, {"payment_intent": lot.top_up.payment_intent, "amount": 1_000}
    ).update(change)
    stand_in.hear_all(fake)
    lot.refresh_from_db()
    assert note().endswith(why)
    assert (Transaction.objects.count(), books(), lot.gone_micro) == (before, (-25, 0, 25), 0)


def test_one_of_a_payment_that_is_not_ours_is_only_noted(fake, harbour, stripe_server):
    intent = stand_in.client(stripe_server[1]).v1.payment_intents.create(
        {"amount": 900, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    )
    at_stripe.create_refund(fake, {"payment_intent": intent.id})
    stand_in.hear_all(fake)
    assert (note(), Transaction.objects.count()) == ("no top-up of ours", 0)
