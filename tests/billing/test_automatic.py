"""Automatic top-ups: one in flight, within the caps, down the ladder, then off."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from compliance.models import Outcome
from marketplace.billing import services, tasks
from marketplace.billing.models import AutoTopUp, TopUp, WalletNotice
from marketplace.billing.topping import Past, Rules, decide
from marketplace.ledger import services as ledger
from tests import make
from tests.billing import stand_in
from tests.billing.stand_in import available, give_card, send
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
RULES = Rules(10_000_000, 20_000_000, 40_000_000, 100_000_000)


def allow(organisation, by, at=NOON, **change):
    known = {
        "threshold_micro": 10_000_000,
        "amount_micro": 20_000_000,
        "day_cap_micro": 40_000_000,
        "month_cap_micro": 100_000_000,
    }
    return services.allow_auto_top_up(organisation=organisation, by=by, at=at, **known | change)


def tick(setting, at=NOON):
    """What the sweep does, and the sender after it."""
    made = services.auto_top_up(setting=setting, at=at)
    if made:
        send(made.commands.get(), at)
        made.refresh_from_db()
    return made


@pytest.fixture
def setting(fake, harbour, alice):
    give_card(fake, harbour)
    return allow(harbour, alice)


def test_a_low_wallet_is_topped_up_off_session_once(fake, harbour, setting):
    made = tick(setting)
    [intent] = stand_in.intents(fake)
    assert (made.state, made.automatic, made.requested_by) == ("succeeded", True, None)
    assert (intent["amount"], intent["customer"]) == (2_000, harbour.stripe_customer)
    assert made.commands.get().params["off_session"] is True
    assert available(harbour) == 20_000_000
    assert tick(setting) is None


def test_from_whom_screening_refuses_nothing_is_taken_unasked(fake, harbour, setting):
    make.decision(harbour.party, outcome=Outcome.DENY)
    assert tick(setting) is None
    assert (stand_in.intents(fake), TopUp.objects.count(), available(harbour)) == ([], 0, 0)
    setting.refresh_from_db()
    assert setting.enabled
    make.decision(harbour.party, at=NOON + HOUR)
    assert tick(setting, at=NOON + HOUR).state == "succeeded"


def test_exactly_the_threshold_is_enough(fake, harbour, setting):
    stand_in.paid(harbour, micro=10_000_000)
    assert tick(setting) is None
    stand_in.spend(harbour, 1)
    assert tick(setting).state == "succeeded"


def test_the_sweep_looks_at_low_wallets_only(fake, harbour, alice, setting, monkeypatch):
    other = make.organisation("Other")
    give_card(fake, other)
    full = allow(other, alice)
    stand_in.paid(other, micro=10_000_000)
    assert list(services.low_wallets()) == [setting]
    stand_in.spend(other, 1)
    assert list(services.low_wallets()) == [setting, full]
    monkeypatch.setattr(tasks, "now", lambda: NOON)
    tasks.top_up_low_wallets()
    asked = TopUp.objects.filter(automatic=True).order_by("pk")
    assert [row.organisation for row in asked] == [harbour, other]


def test_one_in_flight_is_all(fake, harbour, setting):
    assert services.auto_top_up(setting=setting, at=NOON) is not None
    assert services.auto_top_up(setting=setting, at=NOON) is None
    assert TopUp.objects.count() == 1


def test_the_database_takes_no_second_in_flight(fake, harbour, setting):
    made = services.auto_top_up(setting=setting, at=NOON)
    with pytest.raises(IntegrityError, match="one_automatic_in_flight"), transaction.atomic():
        TopUp.objects.create(
            organisation=harbour,
            amount_micro=1,
            currency="USD",
            automatic=True,
            state="needs_action",
            idempotency_key="second",
            request_sha256=made.request_sha256,
        )


def test_the_caps_of_day_and_month_hold(fake, harbour, setting):
    at, taken = datetime(2026, 11, 1, 9, tzinfo=UTC), []
    AutoTopUp.objects.update(asked_at=at)
    for hour in range(24 * 5):
        made = tick(setting, at + hour * HOUR)
        if made:
            taken.append(made.created_at.day)
            stand_in.spend(harbour, 20_000_000, f"use{hour}")
    assert taken == [1, 1, 2, 2, 3]
    assert tick(setting, datetime(2026, 12, 1, tzinfo=UTC)).state == "succeeded"


def test_declines_go_down_the_ladder_and_then_switch_it_off(fake, harbour, alice):
    give_card(fake, harbour, "pm_card_chargeCustomerFail")
    setting = allow(harbour, alice)
    at, tries = NOON, []
    while AutoTopUp.objects.get().enabled and at < NOON + 30 * DAY:
        made = tick(setting, at)
        if made:
            assert made.state == "failed"
            tries.append((at - NOON) // HOUR)
        at += HOUR / 2
    assert tries == [0, 1, 7, 31, 103]
    setting.refresh_from_db()
    assert setting.disabled_reason == "the card was declined 5 times in a row"
    [notice] = WalletNotice.objects.filter(organisation=harbour)
    assert "were switched off" in notice.text
    assert (available(harbour), len(stand_in.intents(fake))) == (0, 5)
    assert tick(setting, at) is None
    allow(harbour, alice, at=at)
    assert tick(setting, at).state == "failed", "asked for again, it is tried again"


def test_a_bank_that_asks_the_owner_waits_for_the_owner_and_blocks_the_next(fake, harbour, alice):
    give_card(fake, harbour, "pm_card_authenticationRequired")
    setting = allow(harbour, alice)
    made = tick(setting)
    assert (made.state, made.payment_intent) == ("needs_action", stand_in.intents(fake)[0]["id"])
    stand_in.hear_all(fake)
    made.refresh_from_db()
    assert made.state == "needs_action"
    assert tick(setting, NOON + HOUR) is None
    assert "confirm" in WalletNotice.objects.get().text
    assert available(harbour) == 0


def test_a_frozen_wallet_is_not_topped_up(fake, harbour, setting):
    account = services.wallet(organisation=harbour).account
    ledger.freeze(key="f", account=account, reason="dispute", at=NOON)
    assert tick(setting) is None
    ledger.lift(key="f", at=NOON)
    assert tick(setting).state == "succeeded"


def test_without_a_card_it_is_switched_off_and_said(fake, harbour, alice, setting):
    card = harbour.cards.get()
    services.remove_card(organisation=harbour, card=card.public_id, by=alice, at=NOON)
    assert tick(setting) is None
    setting.refresh_from_db()
    assert (setting.enabled, setting.disabled_reason) == (
        False,
        "there is no saved card any more",
    )


def test_whoever_ends_it_ends_it(fake, harbour, alice, setting):
    services.forbid_auto_top_up(organisation=harbour, by=alice, at=NOON)
    assert tick(setting) is None
    assert not TopUp.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount_micro": 999_999}, "amount_micro"),
        ({"amount_micro": 20_005_000}, "amount_micro"),
        ({"threshold_micro": 0}, "threshold_micro"),
        ({"day_cap_micro": 19_999_999}, "day_cap_micro"),
        ({"month_cap_micro": 39_999_999}, "month_cap_micro"),
    ],
)
def test_bad_rules_name_their_field_and_change_nothing(fake, harbour, alice, change, field):
    give_card(fake, harbour)
    with pytest.raises(services.BadAutoTopUp) as refused:
        allow(harbour, alice, **change)
    assert refused.value.field == field
    assert not AutoTopUp.objects.exists()


def test_a_card_must_be_saved_first(fake, harbour, alice):
    with pytest.raises(services.BadAutoTopUp, match="must be saved first"):
        allow(harbour, alice)


def at(days, hours=0):
    return NOON + days * DAY + hours * HOUR


@pytest.mark.parametrize(
    ("past", "now", "go"),
    [
        ([], at(0), True),
        ([Past(20_000_000, at(0), None)] * 2, at(0, 1), False),
        ([Past(20_000_000, at(0), None)] * 2, at(1), True),
        ([Past(20_000_000, at(0), at(0))], at(0, 0.99), False),
        ([Past(20_000_000, at(0), at(0))], at(0, 1), True),
        ([Past(20_000_000, at(0), at(0)), Past(20_000_000, at(1), None)], at(1), True),
        ([Past(20_000_000, at(-3), at(-3))] * 4, at(-0.01), False),
        ([Past(20_000_000, at(-3), at(-3))] * 4, at(0), True),
        ([Past(20_000_000, at(-3), at(-3))] * 5, at(9), False),
    ],
)
def test_the_decision_is_arithmetic(past, now, go):
    decision = decide(rules=RULES, available_micro=9_999_999, past=past, at=now)
    assert decision.go is go
    assert decision.off is (len(past) == 5)
