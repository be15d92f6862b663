"""Payouts in the books that others read: the daily report and the beancount export."""

from datetime import timedelta

import pytest
from beancount import loader

from marketplace.billing.fake_stripe.resources import transfers
from marketplace.ledger import services as ledger
from tests.billing import earning
from tests.billing.earning import DAY, RIPE, earned, paid_out, provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(fake, market, harbour, sally, settings):
    """Paid out, given back, netted, and part of a transfer reversed."""
    settings.PAYOUT_MINIMUM_MICRO = 10_000
    rental = earned(harbour, price_micro=2_400_042)
    earning.stripe_account(fake, provider(rental))
    paid_out(RIPE)
    earning.send(RIPE)
    earning.take_back(rental, sally, minutes=5, at=RIPE + timedelta(hours=1))
    earning.more(harbour, rental, at=RIPE + timedelta(hours=2))
    paid_out(RIPE + 8 * DAY)
    payout = earning.send(RIPE + 8 * DAY)
    transfers.create_reversal(fake, {"amount": "10"}, payout.transfer_id)
    earning.hear(fake.events[-1], RIPE + 9 * DAY)
    return payout


def test_bean_check_accepts_them(story, tmp_path):
    target = tmp_path / "books.beancount"
    ledger.export_beancount(target=target)
    text = target.read_text()
    for place in ("Available", "InTransit"):
        assert f"open Liabilities:Providers:{place}:" in text
    assert "open Assets:Receivable:Providers:" in text
    entries, errors, _ = loader.load_file(str(target))
    assert errors == []
    assert len(entries) > 20


def test_the_summary_says_what_providers_are_owed_day_by_day(story):
    first, last = RIPE.date(), (RIPE + 9 * DAY).date()
    rows = ledger.summarise(rows=ledger.report(first=first, last=last))
    owed = {row.day: row.closing for row in rows if row.heading == "owed to providers"}
    owes = {row.day: row.closing for row in rows if row.heading == "receivables"}
    assert owed[first] == 10 + 680_000 - 340_006, "carried, earned since, not yet taken back"
    assert (owed[last], owes[last]) == (100_004, 0)
    assert first not in owes, "nobody had owed us anything yet"
