"""Refunds: only unspent money, only to the card it came from, whatever Stripe says afterwards."""

from datetime import timedelta

import pytest

from marketplace.billing import services, stripe
from marketplace.billing.fake_stripe.resources import refunds as at_stripe
from marketplace.billing.models import Refund, StripeCommand
from marketplace.billing.services import claims, lots
from marketplace.core.idempotency import KeyReused
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Transaction
from tests import make
from tests.billing import stand_in
from tests.billing.stand_in import assert_books_hold, available, paid, send, spend
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


def ask(lot, micro=10_000_000, key="r1", at=NOON):
    return services.refund(lot=lot, amount_micro=micro, reason="asked", by=None, key=key, at=at)


def refunded(lot, **more):
    made = ask(lot, **more)
    send(made.commands.get())
    made.refresh_from_db()
    lot.refresh_from_db()
    return made


def calls_of_refunds(fake):
    return [call for call in fake.calls if call == ("POST", "/v1/refunds")]


def test_unspent_money_goes_back_to_the_payment_it_came_from(fake, harbour):
    lot = paid(harbour)
    made = ask(lot)
    assert (made.state, available(harbour)) == ("asked", 15_000_000)
    send(made.commands.get())
    made.refresh_from_db()
    lot.refresh_from_db()
    assert (made.state, made.settled_at) == ("succeeded", NOON)
    [there] = fake.all("refund")
    assert (there["amount"], there["payment_intent"]) == (1_000, lot.top_up.payment_intent)
    assert (lot.gone_micro, lot.refunding_micro, lot.remaining_micro) == (10_000_000, 0, 15_000_000)
    assert ledger.totals(currency="USD") == {
        "wallet_paid": 15_000_000,
        "stripe_pending": -15_000_000,
    }
    assert_books_hold()


@pytest.mark.parametrize(
    ("micro", "words"),
    [
        (25_010_000, "what is unspent"),
        (0, "from 1 cent"),
        (-10_000, "from 1 cent"),
        (5_000, "cents"),
    ],
)
def test_a_bad_amount_is_refused_before_stripe_is_asked(fake, harbour, micro, words):
    lot = paid(harbour)
    with pytest.raises(services.BadRefund, match=words) as refused:
        ask(lot, micro)
    assert refused.value.field == "amount_micro"
    assert not Refund.objects.exists()
    assert (available(harbour), calls_of_refunds(fake)) == (25_000_000, [])


def test_what_was_spent_or_is_set_aside_cannot_be_refunded(fake, harbour):
    lot = paid(harbour)
    spend(harbour, 5_000_000)
    ledger.place_hold(key="lease", account=lots.wallet_of(harbour), amount=8_000_000)
    with pytest.raises(services.BadRefund, match="12000000"):
        ask(lot, 12_010_000)
    assert ask(lot, 12_000_000).state == "asked"
    assert available(harbour) == 0


def test_the_same_key_is_the_same_refund(fake, harbour):
    lot = paid(harbour)
    assert ask(lot) == ask(lot)
    with pytest.raises(KeyReused):
        ask(lot, 9_000_000)
    assert (Refund.objects.count(), available(harbour)) == (1, 15_000_000)


def test_promotional_credit_is_never_refunded(fake, harbour):
    staff = [make.user(f"s{n}@example.test", is_staff=True) for n in (1, 2)]
    grant = services.propose_credit(
        organisation=harbour,
        amount_micro=5_000_000,
        expires_at=NOON + 24 * HOUR,
        reason="x",
        by=staff[0],
        at=NOON,
    )
    lot = services.give_credit(grant=grant, by=staff[1], at=NOON)
    with pytest.raises(services.BadRefund, match="was a gift"):
        ask(lot, 1_000_000)
    assert not Refund.objects.exists()


def test_a_refund_that_takes_time_is_booked_at_once_and_settled_by_its_event(fake, harbour):
    made = refunded(paid(harbour, method="pm_card_pendingRefund"))
    assert (made.state, made.settled_at, available(harbour)) == ("pending", None, 15_000_000)
    at_stripe.settle(fake, made.refund_id)
    stand_in.hear_all(fake)
    made.refresh_from_db()
    assert made.state == "succeeded"
    assert_books_hold()


def test_a_refund_that_the_bank_sends_back_is_in_the_wallet_and_its_lot_again(fake, harbour):
    lot = paid(harbour)
    made = refunded(lot)
    assert made.state == "succeeded"
    at_stripe.fail(fake, made.refund_id)
    for _ in range(2):
        stand_in.hear_all(fake)
    made.refresh_from_db()
    lot.refresh_from_db()
    assert (made.state, made.failure) == ("failed", "expired or canceled card")
    assert (available(harbour), lot.remaining_micro) == (25_000_000, 25_000_000)
    assert ledger.totals(currency="USD") == {
        "wallet_paid": 25_000_000,
        "stripe_pending": -25_000_000,
    }
    assert_books_hold()


def test_one_that_fails_at_once_leaves_both_movements_in_the_books(fake, harbour):
    made = refunded(paid(harbour, method="pm_card_refundFail"))
    assert (made.state, available(harbour)) == ("failed", 25_000_000)
    keys = sorted(Transaction.objects.values_list("key", flat=True))
    assert keys[-2:] == [f"stripe:re:{made.refund_id}", f"stripe:re:{made.refund_id}:failed"]
    assert_books_hold()


def test_a_refund_that_stripe_refuses_frees_what_was_set_aside(fake, harbour, monkeypatch):
    lot = paid(harbour)
    made = ask(lot)

    def refuse(**call):
        raise stripe.Misused("InvalidRequestError: charge_disputed")

    monkeypatch.setattr(stripe, "create_refund", refuse)
    send(made.commands.get())
    made.refresh_from_db()
    lot.refresh_from_db()
    assert (made.state, made.failure) == ("failed", "The refund could not be made.")
    assert (available(harbour), lot.free_micro) == (25_000_000, 25_000_000)
    assert_books_hold()


@pytest.mark.parametrize("fault", ["drop", "409", "429", "500", "slow"])
def test_a_lost_answer_is_asked_for_again_and_gives_back_once(fake, harbour, fault):
    made = ask(paid(harbour))
    command = made.commands.get()
    fake.faults.append(fault)
    send(command)
    command.refresh_from_db()
    if command.state == "pending":
        send(command, command.next_at)
    made.refresh_from_db()
    assert (made.state, len(fake.all("refund"))) == ("succeeded", 1)
    assert available(harbour) == 15_000_000
    assert_books_hold()


def test_an_old_refund_is_looked_up_and_found(fake, harbour):
    made = ask(paid(harbour))
    command = made.commands.get()
    fake.faults.append("broken")
    fake.clock = lambda: (NOON + HOUR).timestamp()
    send(command)
    assert command.state == "pending"
    send(command, NOON + claims.FORGOTTEN)
    made.refresh_from_db()
    assert (made.state, len(fake.all("refund")), command.state) == ("succeeded", 1, "done")
    assert len(calls_of_refunds(fake)) == 1


def test_an_old_refund_that_stripe_does_not_know_is_for_staff(fake, harbour):
    made = ask(paid(harbour))
    command = made.commands.get()
    send(command, NOON + claims.FORGOTTEN)
    assert (command.state, calls_of_refunds(fake), available(harbour)) == (
        "unknown",
        [],
        15_000_000,
    )
    services.close_unknown(command=command, at=NOON)
    made.refresh_from_db()
    assert (made.state, available(harbour)) == ("failed", 25_000_000)
    with pytest.raises(services.NotUnknown):
        services.close_unknown(command=command, at=NOON)
    assert StripeCommand.objects.get(pk=command.pk).state == "failed"


def test_an_old_refund_is_found_though_stripes_clock_is_behind_ours(fake, harbour):
    made = ask(paid(harbour))
    command = made.commands.get()
    fake.clock = lambda: (NOON - timedelta(seconds=30)).timestamp()
    fake.faults.append("broken")
    send(command)
    send(command, NOON + claims.FORGOTTEN)
    made.refresh_from_db()
    assert (made.state, command.state, len(calls_of_refunds(fake))) == ("succeeded", "done", 1)


def test_a_refund_that_was_taken_for_failed_and_made_after_all_is_told(fake, harbour, caplog):
    """What was set aside is free again and may be spent, so nobody but staff can book it."""
    made = ask(paid(harbour))
    command = made.commands.get()
    send(command, NOON + claims.FORGOTTEN)
    services.close_unknown(command=command, at=NOON)
    there = stripe.create_refund(params=command.params, idempotency_key=command.idempotency_key)
    event = stand_in.deliver(fake.events[-1])
    services.handle_event(event=event, at=NOON)
    event.refresh_from_db()
    assert event.error == f"{there.id} was made after we took it for failed; not booked"
    assert event.error in caplog.text
    made.refresh_from_db()
    assert (made.state, made.refund_id, available(harbour)) == ("failed", "", 25_000_000)
    assert_books_hold()
