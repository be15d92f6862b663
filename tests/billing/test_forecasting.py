"""How long the money lasts at what runs now, and when that is said."""

import pytest

from marketplace.billing import services
from marketplace.billing.services.forecasting import HOUR_MS, Forecast
from marketplace.brokerage import services as brokerage
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind
from tests import make
from tests.billing import kept, use
from tests.billing.use import MINUTE, minutes, report
from tests.make import NOON

pytestmark = pytest.mark.django_db


def look(of, at=NOON):
    return services.forecast(organisation=of, at=at)


def test_nothing_runs_so_nothing_burns(market, harbour):
    make.funded(harbour)
    make.reservation(harbour, make.offer())
    assert look(harbour) == (0, None, 0)
    assert look(harbour).warning == ""


def test_what_runs_burns_and_the_money_lasts_so_long(market, harbour):
    """Two GPUs at 2.40: 4.80 an hour out of 100; 4.80 of it are held for them."""
    use.running(harbour)
    assert look(harbour) == (4_800_000, 100_000_000 * HOUR_MS // 4_800_000, 0)


def test_it_is_empty_in_6_h_20_min_at_this_burn(market, harbour):
    made = use.running(harbour)
    bank = ledger.account(kind=Kind.STRIPE_PENDING, currency="USD")
    gone = ledger.Entry(made.hold.account, bank, 100_000_000 - 4_800_000 * 19 // 3)
    ledger.post(key="gone", kind="test", entries=[gone], at=NOON)
    assert look(harbour).lasts_ms == 6 * HOUR_MS + 20 * 60_000
    assert look(harbour).warning == "empty_within_a_day"


def test_what_is_charged_is_gone_and_what_is_held_for_others_does_not_count(market, harbour):
    made = use.running(harbour)
    make.reservation(harbour, make.offer(gpus=2), gpus=2, start=NOON + 30 * MINUTE)
    report(made, minutes(0, 10))
    services.charge(reservation=made, at=NOON + 10 * MINUTE)
    money = 100_000_000 - 800_000 - 4_800_000
    assert look(harbour) == (4_800_000, money * HOUR_MS // 4_800_000, 0)


def test_what_is_held_for_a_workspace_to_be_kept_is_no_free_money(market, harbour):
    kept.lying(use.running(harbour))
    money = 100_000_000 - kept.HELD
    assert look(harbour) == (4_800_000, money * HOUR_MS // 4_800_000, 0)


def test_the_price_of_now_counts(market, harbour, sally):
    made = use.running(harbour)
    services.correct_terms(
        reservation=made,
        price_micro=1_200_000,
        since=NOON + 5 * MINUTE,
        reason="Wrong.",
        by=sally,
        at=NOON + 20 * MINUTE,
    )
    assert look(harbour, NOON + MINUTE).burn_micro_per_hour == 4_800_000
    assert look(harbour, NOON + 20 * MINUTE).burn_micro_per_hour == 2_400_000


def test_what_ended_does_not_burn(market, harbour):
    made = use.running(harbour)
    brokerage.stop(reservation=made, by=None, at=NOON + MINUTE)
    assert look(harbour, NOON + MINUTE).burn_micro_per_hour == 0


@pytest.mark.parametrize(
    ("lasts_ms", "warning"),
    [
        (None, ""),
        (24 * HOUR_MS + 1, ""),
        (24 * HOUR_MS, "empty_within_a_day"),
        (6 * HOUR_MS + 1, "empty_within_a_day"),
        (6 * HOUR_MS, "empty_within_hours"),
        (HOUR_MS, "empty_within_an_hour"),
        (0, "empty_within_an_hour"),
    ],
)
def test_the_nearest_threshold_is_said(lasts_ms, warning):
    assert Forecast(1, lasts_ms, 0).warning == warning
