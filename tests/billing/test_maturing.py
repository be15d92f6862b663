"""Earnings become payable after some days, once; what is given back is taken at once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.billing.models import Charge, MaturedCharge, Maturity
from marketplace.billing.services import payouts
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Transaction
from tests.billing import earning, use
from tests.billing.earning import DAY, EARNED, RIPE, books, earned, provider
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def rental(market, harbour):
    """Ten minutes of two GPUs, charged at one o'clock: 680,000 for the provider."""
    return earned(harbour)


def test_earnings_are_not_payable_before_their_days_are_over(rental):
    assert payouts.mature(at=RIPE - SECOND) == 0
    assert books(provider(rental)) == (EARNED, 0, 0, 0)
    assert not Maturity.objects.exists()


def test_then_they_are_to_the_micro_unit(rental):
    assert payouts.mature(at=RIPE) == 2
    assert books(provider(rental)) == (0, EARNED, 0, 0)
    row = Maturity.objects.get()
    assert (row.amount_micro, row.owed_micro, row.payable_micro) == (EARNED, 0, EARNED)
    assert row.charges.count() == Charge.objects.count() == 2
    assert ledger.verify() == []


def test_they_mature_once(rental):
    payouts.mature(at=RIPE)
    assert payouts.mature(at=RIPE) == payouts.mature(at=RIPE + 30 * DAY) == 0
    assert books(provider(rental)) == (0, EARNED, 0, 0)


def test_each_provider_has_its_own(rental, harbour):
    other = earned(harbour, gpus=1)
    payouts.mature(at=RIPE)
    assert books(provider(rental)) == (0, EARNED, 0, 0)
    assert books(provider(other)) == (0, EARNED // 2, 0, 0)


def test_the_number_of_days_is_a_setting(rental, settings):
    settings.PAYOUT_MATURITY_DAYS = 2
    assert payouts.mature(at=NOON + HOUR + 2 * DAY) == 2
    settings.PAYOUT_MATURITY_DAYS = 30
    assert payouts.mature(at=NOON + HOUR + 3 * DAY) == 0


def test_after_a_long_rest_everything_is_caught_up_with(rental, harbour):
    earning.more(harbour, rental, at=NOON + 5 * DAY)
    earning.more(harbour, rental, at=NOON + 20 * DAY)
    assert payouts.mature(at=NOON + 60 * DAY) == 6
    assert books(provider(rental)) == (0, 3 * EARNED, 0, 0)
    assert [row.amount_micro for row in Maturity.objects.order_by("pk")] == [EARNED] * 3


def test_what_was_given_back_waits_for_the_earnings_that_it_is_of(rental, sally):
    earning.take_back(rental, sally, minutes=5, at=NOON + DAY)
    assert payouts.mature(at=NOON + 2 * DAY) == 0
    assert payouts.mature(at=RIPE) == 4
    assert books(provider(rental)) == (0, EARNED // 2, 0, 0)


def test_what_is_given_back_of_payable_earnings_is_taken_at_once(rental, sally):
    payouts.mature(at=RIPE)
    earning.take_back(rental, sally, minutes=5, at=RIPE + HOUR)
    assert books(provider(rental)) == (-EARNED // 2, EARNED, 0, 0)
    assert payouts.mature(at=RIPE + HOUR) == 2
    assert books(provider(rental)) == (0, EARNED // 2, 0, 0)


def test_what_is_not_there_any_more_is_owed(rental, sally):
    payouts.mature(at=RIPE)
    known = earning.Books.of(provider=provider(rental).public_id, currency="USD")
    book = [ledger.Entry(known.available, known.transit, 600_000)]
    ledger.post(key="out", kind="payout", entries=book, at=RIPE)
    earning.take_back(rental, sally, minutes=5, at=RIPE + HOUR)
    payouts.mature(at=RIPE + HOUR)
    assert books(provider(rental)) == (0, 0, 600_000, -260_000)
    row = Maturity.objects.order_by("-pk")[0]
    assert (row.amount_micro, row.owed_micro, row.payable_micro) == (-340_000, 260_000, -80_000)
    assert ledger.verify() == []


def test_pending_is_the_sum_of_what_has_not_matured(rental, harbour, sally):
    earning.more(harbour, rental, at=NOON + 3 * DAY)
    earning.take_back(rental, sally, minutes=3, at=NOON + 4 * DAY)
    payouts.mature(at=RIPE)
    left = Charge.objects.filter(matured=None)
    assert books(provider(rental))[0] == sum(row.provider_micro for row in left) == EARNED


def test_a_charge_cannot_be_in_two_maturities(rental):
    payouts.mature(at=RIPE)
    row = Maturity.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_maturedcharge (charge_id, maturity_id) VALUES (%s, %s)",
            [Charge.objects.all()[0].pk, row.pk],
        )
    assert MaturedCharge.objects.count() == 2


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"owed_micro": 1}, "maturity_owed_of_a_debit"),
        ({"amount_micro": -5, "owed_micro": 6}, "maturity_owed_within_debit"),
        ({"amount_micro": -5, "owed_micro": -1}, "maturity_owed_of_a_debit"),
    ],
)
def test_what_is_owed_comes_out_of_a_debit(rental, facts, name):
    known = {"organisation": provider(rental), "currency": "USD", "amount_micro": 5}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Maturity.objects.create(
            **{**known, "owed_micro": 0, "upto": NOON, "matured_at": NOON, **facts}
        )


def test_a_share_of_nothing_matures_without_a_posting(market, harbour, settings):
    settings.PLATFORM_FEE_BPS = 10_000
    earned(harbour)
    before = Transaction.objects.count()
    assert payouts.mature(at=RIPE) == 2
    assert Transaction.objects.count() == before


def test_what_runs_now_is_left_alone(market, harbour):
    use.running(harbour)
    assert payouts.mature(at=RIPE) == 0
