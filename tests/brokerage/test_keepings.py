"""Workspaces that outlive their rental: asked for, kept, counted, charged, and given up."""

from datetime import timedelta

import pytest

from marketplace.brokerage import services as brokerage
from marketplace.ledger import services as ledger
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
PRICE, KEEP = 2_400_000, 100
#: 50 GiB for 24 hours
MOST = 50 * KEEP * 24
MINUTE = timedelta(minutes=1)


@pytest.fixture
def offer(market):
    return make.offer(keep_micro_per_gib_hour=KEEP)


@pytest.fixture
def row(offer, harbour):
    make.funded(harbour)
    return make.reservation(harbour, offer)


def wallet(renter):
    balance = ledger.balance(account=brokerage.wallet_account(renter=renter, currency="USD"))
    return balance.posted, balance.held


def test_it_is_held_kept_counted_charged_and_the_rest_given_back(row, harbour):
    kept = make.keeping(row)
    assert (kept.state, kept.gib, kept.most_micro) == ("wanted", 50, MOST)
    assert wallet(harbour) == (100_000_000, PRICE + MOST)
    kept = make.kept(row, at=NOON + HOUR)
    assert (kept.state, kept.kept_from, kept.until) == ("kept", NOON + HOUR, NOON + 25 * HOUR)
    for minute in range(60):
        brokerage.tally_keepings(at=NOON + HOUR + (minute + 1) * MINUTE)
    brokerage.give_up_keeping(keeping=kept, by=None, at=NOON + 2 * HOUR)
    kept.refresh_from_db()
    assert (kept.state, kept.outcome, kept.answered_ms) == ("ended", "deleted", 3_600_000)
    assert kept.due_micro == 50 * KEEP
    assert wallet(harbour) == (100_000_000 - 5_000, PRICE)
