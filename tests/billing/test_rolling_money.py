"""Money for what runs until it is stopped comes in time, by the sweeps as they run."""

from datetime import timedelta

import pytest

from marketplace.billing import services, tasks
from marketplace.billing.models import StripeCommand, TopUp
from marketplace.billing.services.forecasting import HOUR_MS
from marketplace.billing.services.rolling import waited_for_micro
from tests import make
from tests.billing.records import again, record, rolling
from tests.billing.stand_in import give_card, intents
from tests.billing.test_automatic import allow
from tests.billing.use import MINUTE
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
PRICE = 2_400_000
SECOND = timedelta(seconds=1)
#: what runs on its clock, as often as the schedule says: the top-up is looked for first
EVERY = (
    (10, tasks.top_up_low_wallets),
    (10, tasks.send_due_commands),
    (10, tasks.collect_debts),
    (60, tasks.roll_on),
)


@pytest.fixture
def clock(monkeypatch):
    """Let the sweeps run over a span of the clock."""
    at = [NOON]
    monkeypatch.setattr(tasks, "now", lambda: at[0])

    def run(begin, end):
        for second in range(int(begin.total_seconds()), int(end.total_seconds()) + 1):
            at[0] = NOON + second * SECOND
            for every, sweep in EVERY:
                if second % every == 0:
                    sweep()

    return run


@pytest.fixture
def row(fake, market, harbour, alice):
    """An hour is paid; a dollar more is there, which is more than the threshold."""
    give_card(fake, harbour)
    made = rolling(harbour, micro=PRICE + 1_000_000)
    allow(harbour, alice, threshold_micro=500_000, amount_micro=2_000_000)
    return made


def test_a_wallet_above_its_threshold_is_topped_up_for_what_waits(row, fake, harbour, clock):
    clock(29 * MINUTE, 33 * MINUTE)
    assert (again(row).during.upper, again(row).roll_refused) == (NOON + 90 * MINUTE, "")
    assert [intent["amount"] for intent in intents(fake)] == [200], "once, and no more"
    assert services.wallet(organisation=harbour).available == 3_000_000 - PRICE // 2
    assert TopUp.objects.get().state == "succeeded"


def test_it_goes_on_for_hours_within_the_limit_of_the_day(row, fake, harbour, clock):
    """40 USD a day at most, of which this needs 2.40 an hour."""
    for hour in range(6):
        make.fresh_list(at=NOON + hour * HOUR)
        clock(hour * HOUR, hour * HOUR + 59 * MINUTE + 59 * SECOND)
    made = again(row)
    assert (made.state, made.during.upper) == ("active", NOON + 13 * HOUR / 2)
    assert sum(intent["amount"] for intent in intents(fake)) == 1_400
    assert services.owes_micro(organisation=harbour) == 0


def test_a_card_that_is_declined_leaves_it_to_end(fake, market, harbour, alice, clock):
    give_card(fake, harbour, "pm_card_chargeCustomerFail")
    made = rolling(harbour)
    allow(harbour, alice, threshold_micro=500_000, amount_micro=2_000_000)
    clock(29 * MINUTE, 40 * MINUTE)
    assert (again(made).during.upper, again(made).roll_refused) == (NOON + HOUR, "money")
    assert [row.state for row in TopUp.objects.all()] == ["failed"]


def test_who_is_lent_money_pays_it_back_by_the_next_top_up(fake, market, harbour, alice, clock):
    record(harbour)
    give_card(fake, harbour)
    made = rolling(harbour)
    clock(30 * MINUTE, 31 * MINUTE)
    assert services.owes_micro(organisation=harbour) == PRICE // 2
    allow(harbour, alice, threshold_micro=500_000, amount_micro=2_000_000)
    clock(31 * MINUTE, 33 * MINUTE)
    assert services.owes_micro(organisation=harbour) == 0
    wallet = services.wallet(organisation=harbour)
    assert (wallet.available, wallet.held) == (2_000_000 - PRICE // 2, 3 * PRICE // 2)
    assert again(made).during.upper == NOON + 90 * MINUTE
    assert not StripeCommand.objects.exclude(state="done").exists()


def test_what_waits_is_counted_at_its_dearest_price(row, harbour, alice):
    assert waited_for_micro(organisation=harbour) == 0
    type(row).objects.filter(pk=row.pk).update(roll_refused="money")
    assert waited_for_micro(organisation=harbour) == PRICE // 2
    make.funded(harbour, PRICE)
    terms = services.offer_terms(
        reservation=row, price_micro=3 * PRICE, since=NOON + 50 * MINUTE, by=alice, at=NOON
    )
    services.accept_terms(offer=terms, by=alice, at=NOON)
    assert waited_for_micro(organisation=harbour) == 3 * PRICE // 2


def test_what_was_lent_does_not_make_the_money_last_longer(market, harbour):
    record(harbour)
    made = rolling(harbour)
    before = services.forecast(organisation=harbour, at=NOON + HOUR / 2)
    assert (before.lasts_ms, before.owed_micro) == (HOUR_MS, 0)
    assert services.roll(reservation=again(made), at=NOON + HOUR / 2)
    after = services.forecast(organisation=harbour, at=NOON + HOUR / 2)
    assert (after.lasts_ms, after.owed_micro) == (HOUR_MS, PRICE // 2)
