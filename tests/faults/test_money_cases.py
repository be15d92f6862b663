"""The fault cases of money in, by number; docs/decisions/0024 says where the others are."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from marketplace.billing import services, stripe, tasks
from marketplace.billing.fake_stripe.resources import disputes, payment_intents
from marketplace.billing.models import (
    AutoTopUp,
    Refund,
    StripeCommand,
    StripeEvent,
    TopUp,
)
from marketplace.billing.services import claims, lots, top_ups
from marketplace.core.money import EXPONENT, micro_from_minor, minor_from_micro
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Transaction
from tests.billing import stand_in
from tests.billing.stand_in import ask, assert_nothing_moved, assert_paid_once, available, send
from tests.billing.test_automatic import allow
from tests.make import HOUR, NOON
from tests.race import together

pytestmark = pytest.mark.django_db
threads = pytest.mark.django_db(transaction=True)


class Crash(Exception):
    """The worker dies here."""


@pytest.fixture
def asked(fake, harbour):
    return ask(harbour)


def lose_the_answer(fake, asked):
    """Stripe took the money and nobody here has heard of it."""
    fake.faults.append("drop")
    command = asked.commands.get()
    send(command)
    return command


@threads
def test_case_1_one_webhook_many_times_at_once_is_one_row_one_posting_and_200_each(fake, asked):
    command = lose_the_answer(fake, asked)
    payload, signature = stand_in.letter(fake.events[0], now())

    def post():
        answer = Client().post(
            "/stripe/webhook",
            payload,
            content_type="application/json",
            headers={"Stripe-Signature": signature},
        )
        services.handle_event(event=StripeEvent.objects.get(), at=NOON)
        return answer.status_code

    assert together(*[post] * 6) == [200] * 6
    assert StripeEvent.objects.count() == 1
    send(command, command.next_at)
    assert_paid_once(fake, asked)


def test_case_2_a_webhook_before_the_answer_books_and_the_answer_finds_it(fake, asked):
    command = lose_the_answer(fake, asked)
    stand_in.hear_all(fake)
    assert_paid_once(fake, asked)
    send(command, command.next_at)
    assert command.state == "done"
    assert_paid_once(fake, asked)


def test_case_3_failed_that_arrives_after_succeeded_changes_nothing(fake, asked):
    send(asked.commands.get())
    late = {**fake.events[0], "id": "evt_late", "type": "payment_intent.payment_failed"}
    services.handle_event(event=stand_in.deliver(late), at=NOON)
    assert_paid_once(fake, asked)


@pytest.mark.parametrize("where", ["before the call", "after the call", "before commit"])
def test_case_4_a_worker_that_dies_is_one_charge_and_one_posting(fake, asked, monkeypatch, where):
    create, apply = stripe.create_payment, top_ups.apply

    def dies(*facts, **call):
        if where == "after the call":
            create(**call)
        if where == "before commit":
            apply(*facts)
        raise Crash

    command = asked.commands.get()
    with monkeypatch.context() as patch:
        target = (top_ups, "apply") if where == "before commit" else (stripe, "create_payment")
        patch.setattr(*target, dies)
        with pytest.raises(Crash):
            send(command)
    assert_nothing_moved(asked, "pending")
    send(command, NOON + claims.CLAIM)
    assert_paid_once(fake, asked)


@pytest.mark.parametrize("fault", ["drop", "409", "429", "500", "slow"])
def test_case_5_a_lost_or_busy_answer_is_asked_for_with_the_same_key(fake, asked, fault):
    command = asked.commands.get()
    fake.faults.append(fault)
    send(command)
    if fault != "slow":
        assert (command.state, command.next_at) == ("pending", NOON + timedelta(seconds=2))
        send(command, command.next_at)
    assert_paid_once(fake, asked)


def test_case_6_a_key_reused_for_another_amount_is_an_alarm_and_no_posting(fake, asked, caplog):
    command = asked.commands.get()
    stripe.create_payment(
        params={**command.params, "amount": 9, "metadata": {}},
        idempotency_key=command.idempotency_key,
    )
    send(command)
    assert command.error.startswith("IdempotencyError: ")
    assert "Stripe refused" in caplog.text
    assert_nothing_moved(asked, "failed")


def test_case_7_a_retry_after_a_decline_has_a_key_of_its_own_and_succeeds_once(fake, harbour):
    declined = ask(harbour, method="pm_card_chargeDeclined", key="a")
    send(declined.commands.get())
    again = ask(harbour, key="b")
    send(again.commands.get())
    keys = set(StripeCommand.objects.values_list("idempotency_key", flat=True))
    assert len(keys) == 2
    assert [made["status"] for made in stand_in.intents(fake)] == [
        "requires_payment_method",
        "succeeded",
    ]
    stand_in.hear_all(fake)
    declined.refresh_from_db()
    assert (declined.state, available(harbour)) == ("failed", 25_000_000)


def test_case_8_a_command_unknown_for_23_hours_is_looked_up_and_not_sent(fake, asked):
    command = lose_the_answer(fake, asked)
    fake.calls.clear()
    send(command, NOON + claims.FORGOTTEN)
    assert "POST" not in {method for method, _ in fake.calls}
    assert_paid_once(fake, asked)


@pytest.mark.parametrize("wrong", ["old", "tampered", "secret", "thin", "ahead"])
def test_case_9_a_webhook_that_is_not_stripes_or_not_of_now_is_400_and_leaves_nothing(
    fake, asked, wrong
):
    lose_the_answer(fake, asked)
    event, at = fake.events[0], now()
    if wrong == "thin":
        event = {"id": "evt_1", "object": "v2.core.event", "type": "v1.x"}
    moved = {"old": -301, "ahead": 301}.get(wrong, 0)
    secret = "whsec_other" if wrong == "secret" else stand_in.SECRET
    payload, signature = stand_in.letter(event, at + timedelta(seconds=moved), secret)
    if wrong == "tampered":
        payload = payload.replace(b'"amount": 2500', b'"amount": 9900')
    answer = Client().post(
        "/stripe/webhook",
        payload,
        content_type="application/json",
        headers={"Stripe-Signature": signature},
    )
    assert answer.status_code == 400
    assert not StripeEvent.objects.exists()
    assert_nothing_moved(asked, "pending")


def test_case_10_a_clock_that_is_six_minutes_off_is_an_alarm(fake, asked, caplog):
    lose_the_answer(fake, asked)
    ahead = NOON + timedelta(minutes=6)
    payload, signature = stand_in.letter(fake.events[0], NOON)
    with pytest.raises(services.BadSignature, match="check the clock of this server"):
        services.store_event(payload=payload, signature=signature, at=ahead)
    assert services.check_clock(at=ahead) == timedelta(minutes=6)
    assert "the clock of this server is 360 s ahead of Stripe's" in caplog.text
    [found] = services.reconcile(at=ahead).findings.filter(kind="clock")
    assert found.note == "this server's clock is 360 s ahead of Stripe's; webhooks are refused"
    caplog.clear()
    assert services.check_clock(at=NOON + timedelta(seconds=20)) == timedelta(seconds=20)
    assert caplog.text == ""


@threads
def test_case_20_spends_and_holds_at_once_never_take_more_than_there_is(fake, harbour):
    stand_in.paid(harbour)
    account = lots.wallet_of(harbour)

    def spend(n):
        stand_in.spend(harbour, 4_000_000, f"u{n}")

    def hold(n):
        ledger.place_hold(key=f"h{n}", account=account, amount=4_000_000)

    outcome = together(
        *[lambda n=n: spend(n) for n in range(6)], *[lambda n=n: hold(n) for n in range(6)]
    )
    assert outcome.count(None) == 6
    assert available(harbour) == 1_000_000
    assert ledger.verify() == []


@threads
def test_case_21_ten_ticks_at_once_are_one_payment(fake, harbour, alice):
    stand_in.give_card(fake, harbour)
    allow(harbour, alice)
    together(*[lambda: services.auto_top_up(setting=AutoTopUp.objects.get(), at=NOON)] * 10)
    for command in StripeCommand.objects.all():
        send(command)
    assert len(stand_in.intents(fake)) == TopUp.objects.count() == 1
    assert available(harbour) == 20_000_000


def refund(lot, micro, key):
    return services.refund(lot=lot, amount_micro=micro, reason="x", by=None, key=key, at=NOON)


def test_case_24_more_than_is_unspent_or_twice_is_refused_before_stripe_is_asked(fake, harbour):
    lot = stand_in.paid(harbour)
    stand_in.spend(harbour, 5_000_000)
    calls = len(fake.calls)
    with pytest.raises(services.BadRefund, match="20000000"):
        refund(lot, 20_010_000, "over")
    made = refund(lot, 20_000_000, "all")
    with pytest.raises(services.BadRefund, match="unspent"):
        refund(lot, 10_000, "twice")
    assert (len(fake.calls), Refund.objects.get()) == (calls, made)
    send(made.commands.get())
    with pytest.raises(services.BadRefund, match="unspent"):
        refund(lot, 10_000, "again")
    assert [row["amount"] for row in fake.all("refund")] == [2_000]


@pytest.mark.parametrize("won", [False, True])
def test_case_26_a_dispute_after_the_wallet_was_spent(fake, harbour, won):
    lot = stand_in.paid(harbour)
    stand_in.spend(harbour, 22_000_000)
    charge = fake.get("payment_intent", lot.top_up.payment_intent)["latest_charge"]
    made = disputes.open_dispute(fake, charge)
    stand_in.hear_all(fake)
    wallet = lots.wallet_of(harbour)
    assert ledger.frozen(account=wallet)
    with pytest.raises(ledger.InsufficientFunds):
        ledger.place_hold(key="new", account=wallet, amount=1)
    disputes.decide(fake, made["id"], won=won)
    stand_in.hear_all(fake)
    sums = ledger.totals(currency="USD")
    lost = {"wallet_paid": 0, "renter_receivable": -22_000_000}
    expected = {"wallet_paid": 3_000_000} if won else lost
    assert {name: sums.get(name, 0) for name in expected} == expected
    assert (sums["dispute_held"], sums["platform_fee"], sum(sums.values())) == (0, 22_000_000, 0)
    fake.clock = (NOON + HOUR).timestamp
    assert services.reconcile(at=NOON + HOUR).findings_count == 0


@pytest.mark.parametrize("currency", sorted(EXPONENT))
def test_case_29_minor_units_follow_the_table_and_are_exact_both_ways(currency):
    unit = 10 ** (6 - EXPONENT[currency])
    assert micro_from_minor(12_345, currency) == 12_345 * unit
    assert minor_from_micro(12_345 * unit, currency) == 12_345


def test_case_33_without_a_broker_and_with_every_task_run_twice_nothing_moves_twice(
    fake, asked, monkeypatch
):
    """No hint was ever sent; the sweeps find the work in the database."""
    monkeypatch.setattr(tasks, "now", lambda: NOON)
    for _ in range(2):
        tasks.send_due_commands()
    for event in fake.events:
        stand_in.deliver(event)
    for _ in range(2):
        tasks.handle_stored_events()
        tasks.store_missed_events()
    assert_paid_once(fake, asked)


@pytest.mark.parametrize(("hours", "posts"), [(22, 1), (23, 0)])
def test_case_34_after_a_restore_the_same_key_is_sent_or_what_is_old_is_looked_up(
    fake, asked, hours, posts
):
    """In the time that was lost the command was sent; the restored row knows nothing of it."""
    command = asked.commands.get()
    stripe.create_payment(params=command.params, idempotency_key=command.idempotency_key)
    fake.calls.clear()
    send(command, NOON + timedelta(hours=hours))
    assert [method for method, _ in fake.calls].count("POST") == posts
    assert_paid_once(fake, asked)
    assert Transaction.objects.count() == 1


def test_a_bank_that_asks_is_never_two_successes(fake, harbour):
    card = stand_in.give_card(fake, harbour, "pm_card_authenticationRequired")
    made = ask(harbour, method=card.payment_method)
    send(made.commands.get())
    made.refresh_from_db()
    for _ in range(2):
        services.confirm_page(
            organisation=harbour, top_up=made.public_id, back="https://s.example/", at=NOON
        )
    payment_intents.authenticate(fake, made.payment_intent)
    for _ in range(2):
        stand_in.hear_all(fake)
    assert_paid_once(fake, made)
