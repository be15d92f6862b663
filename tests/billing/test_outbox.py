"""Whatever breaks on the way to Stripe and back: one payment there, one posting here."""

from datetime import timedelta

import pytest

from marketplace.billing import stripe
from marketplace.billing.models import StripeCommand
from marketplace.billing.services import claims, top_ups
from marketplace.ledger import services as ledger
from tests.billing import stand_in
from tests.billing.stand_in import (
    answer,
    ask,
    assert_nothing_moved,
    assert_paid_once,
    send,
    wallet,
)
from tests.make import NOON

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
LATER = NOON + claims.CLAIM


class Crash(Exception):
    """The worker dies here."""


@pytest.fixture
def command(asked):
    return asked.commands.get()


def crash(command, monkeypatch, module, name, how):
    with monkeypatch.context() as patch:
        patch.setattr(module, name, how)
        with pytest.raises(Crash):
            send(command)
    command.refresh_from_db()
    assert (command.state, command.claimed_until) == ("sending", LATER)


def test_a_payment_becomes_money_in_the_wallet(fake, asked, command):
    send(command)
    assert (command.state, command.attempts, command.claim) == ("done", 1, None)
    assert_paid_once(fake, asked)
    assert ledger.totals(currency="USD") == {
        "wallet_paid": 25_000_000,
        "stripe_pending": -25_000_000,
    }


def test_a_command_that_is_done_is_not_sent_again(fake, asked, command):
    send(command)
    send(command, LATER)
    assert len(fake.calls) == 1
    assert_paid_once(fake, asked)


def test_a_command_is_not_sent_before_its_time(fake, asked, command):
    send(command, NOON - SECOND)
    assert (command.state, command.attempts, fake.calls) == ("pending", 0, [])


def before_the_call(**call):
    raise Crash


def after_the_call(**call):
    _create(**call)
    raise Crash


def before_commit(*facts):
    _apply(*facts)
    raise Crash


_create, _apply = stripe.create_payment, top_ups.apply


@pytest.mark.parametrize(
    ("module", "name", "how", "intents"),
    [
        (stripe, "create_payment", before_the_call, 0),
        (stripe, "create_payment", after_the_call, 1),
        (top_ups, "apply", before_commit, 1),
    ],
)
def test_a_sender_that_dies_is_replaced(
    fake, asked, command, monkeypatch, module, name, how, intents
):
    crash(command, monkeypatch, module, name, how)
    assert len(stand_in.intents(fake)) == intents
    assert_nothing_moved(asked, "pending")
    send(command, LATER - SECOND)
    assert command.state == "sending", "the claim still holds"
    send(command, LATER)
    assert (command.state, command.attempts) == ("done", 2)
    assert_paid_once(fake, asked)


@pytest.mark.parametrize("late", [stripe.Unavailable, stripe.Declined, stripe.Misused])
def test_a_sender_that_comes_back_too_late_changes_nothing(fake, asked, command, monkeypatch, late):
    """The first sender is slow; the second takes over, and the first one's answer is dropped."""

    def slow(**call):
        monkeypatch.setattr(stripe, "create_payment", _create)
        send(command, LATER)
        raise late("too late")

    monkeypatch.setattr(stripe, "create_payment", slow)
    send(command)
    assert (command.state, command.error) == ("done", "")
    assert_paid_once(fake, asked)


def test_a_lost_answer_is_asked_for_again_with_the_same_key(fake, asked, command):
    fake.faults.append("drop")
    send(command)
    assert (command.state, command.error) == ("pending", "APIConnectionError")
    assert_nothing_moved(asked, "pending")
    send(command, command.next_at)
    assert_paid_once(fake, asked)


@pytest.mark.parametrize("fault", ["401", "403", "409", "429", "500"])
def test_waiting_doubles_and_the_command_stays(fake, asked, command, fault):
    fake.faults.extend([fault] * 3)
    at, waits = NOON, []
    for _ in range(3):
        send(command, at)
        assert (command.state, command.claim, command.claimed_until) == ("pending", None, None)
        waits.append(command.next_at - at)
        at = command.next_at
    assert waits == [2 * SECOND, 4 * SECOND, 8 * SECOND]
    assert_nothing_moved(asked, "pending")
    send(command, at)
    assert_paid_once(fake, asked)


@pytest.mark.parametrize("attempts", [10, 47, 5_000])
def test_no_wait_is_longer_than_half_an_hour(fake, asked, command, attempts):
    StripeCommand.objects.update(attempts=attempts)
    fake.faults.append("500")
    send(command)
    assert command.next_at == NOON + timedelta(minutes=30)


def test_a_decline_fails_the_top_up_and_the_next_one_is_another_payment(fake, harbour):
    declined = ask(harbour, method="pm_card_chargeDeclined", key="first")
    command = declined.commands.get()
    send(command)
    assert (command.state, command.error) == ("done", "")
    assert_nothing_moved(declined, "failed")
    assert declined.failure == "Your card was declined."
    send(ask(harbour, key="second").commands.get())
    assert wallet(declined) == 25_000_000
    assert [made["status"] for made in stand_in.intents(fake)] == [
        "requires_payment_method",
        "succeeded",
    ]


def test_a_decline_whose_answer_was_lost_is_learnt_later(fake, harbour):
    declined = ask(harbour, method="pm_card_chargeDeclined")
    command = declined.commands.get()
    fake.faults.append("drop")
    send(command)
    send(command, command.next_at)
    assert_nothing_moved(declined, "failed")
    assert len(stand_in.intents(fake)) == 1


def test_a_card_that_asks_its_owner_waits(fake, harbour):
    made = ask(harbour, method="pm_card_authenticationRequired")
    send(made.commands.get())
    assert_nothing_moved(made, "needs_action")
    assert made.payment_intent == stand_in.intents(fake)[0]["id"]


def test_a_payment_under_way_waits_for_its_event(asked, command, monkeypatch):
    answer(monkeypatch, status="processing")
    send(command)
    assert command.state == "done"
    assert_nothing_moved(asked, "pending")


def test_a_cancelled_payment_fails(asked, command, monkeypatch):
    answer(monkeypatch, status="canceled")
    send(command)
    assert_nothing_moved(asked, "failed")
    assert asked.failure == "The card was declined."


@pytest.mark.parametrize("change", [{"amount": 2_499}, {"currency": "EUR"}])
def test_another_amount_than_asked_is_not_booked_but_shown(asked, command, monkeypatch, change):
    answer(monkeypatch, **change)
    send(command)
    assert (command.state, command.error) == (
        "failed",
        "pi_1 took another amount than was asked for; not booked",
    )
    assert_nothing_moved(asked, "pending")


def test_a_key_that_stripe_knows_for_another_amount_is_an_alarm(fake, asked, command):
    stripe.create_payment(
        params={**command.params, "amount": 9, "metadata": {}},
        idempotency_key=command.idempotency_key,
    )
    send(command)
    assert command.state == "failed"
    assert command.error.startswith("IdempotencyError: ")
    assert_nothing_moved(asked, "failed")
    assert asked.failure == "The payment could not be made."


@pytest.mark.parametrize("state", ["pending", "sending"])
def test_an_old_command_is_looked_up_and_never_sent_again(fake, asked, command, state, caplog):
    StripeCommand.objects.update(state=state, claimed_until=NOON)
    send(command, NOON + claims.FORGOTTEN)
    assert (command.state, command.error) == (
        "unknown",
        "older than 23 h, and Stripe shows nothing of it",
    )
    assert fake.calls == [("GET", "/v1/payment_intents")]
    assert "staff must decide" in caplog.text
    assert_nothing_moved(asked, "pending")


def test_just_before_that_it_is_sent(fake, asked, command):
    send(command, NOON + timedelta(hours=23) - SECOND)
    assert_paid_once(fake, asked)


def test_an_old_command_is_found_though_stripes_clock_is_behind_ours(fake, asked, command):
    fake.clock = (NOON - 30 * SECOND).timestamp
    fake.faults.append("broken")
    send(command)
    send(command, NOON + claims.FORGOTTEN)
    assert (command.state, [made for made, _ in fake.calls].count("POST")) == ("done", 1)
    assert_paid_once(fake, asked)
