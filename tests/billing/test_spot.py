"""What a rental on a bid costs that gave way: its bid, and nothing after the moment."""

from datetime import timedelta

import pytest

from marketplace.billing import services
from marketplace.billing.models import RateSegment
from marketplace.brokerage import services as brokerage
from marketplace.ledger import services as ledger
from tests import make
from tests.billing.use import minutes, report
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
BID, FUNDS = 1_000_000, 100_000_000
AT = NOON + HOUR
TOLD = AT + timedelta(minutes=2, seconds=30)


def test_nothing_is_charged_after_it_gave_way(market, harbour):
    offer = make.offer(spot_floor_micro=800_000)
    make.funded(harbour, FUNDS)
    row = make.reservation(harbour, offer, hours=4, spot_bid_micro=BID)
    make.started(row)
    other = make.organisation("Full")
    make.funded(other)
    make.reservation(other, offer, at=AT, start=AT)
    row.refresh_from_db()
    assert row.evict_at == TOLD
    # a node that heard of nothing says that it ran on
    report(row, minutes(0, 120))
    brokerage.end_due(reservation=row, at=TOLD)
    row.refresh_from_db()
    exact = BID * 3750 // 3600
    assert services.charge(reservation=row, at=NOON + 3 * HOUR) == exact
    assert services.charge(reservation=row, at=NOON + 4 * HOUR) == 0
    row.hold.refresh_from_db()
    assert (row.hold.placed, row.hold.amount) == (exact, 0)
    wallet = services.wallet(organisation=harbour)
    assert (wallet.posted, wallet.held) == (FUNDS - exact, 0)
    rate = RateSegment.objects.get(reservation=row)
    assert (rate.price_micro_per_gpu_hour, rate.discount_bps) == (BID, 0)
    assert ledger.verify() == []
