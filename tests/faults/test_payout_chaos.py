"""Payouts in the storm: whatever dies, is lost or comes twice, each is one transfer."""

import pytest

from tests.chaos import PLACES
from tests.chaos_out import ChaosWithPayouts

pytestmark = pytest.mark.django_db(transaction=True)


def test_ten_payouts_between_top_ups_and_refunds_count_once_each(fake, market):
    storm = ChaosWithPayouts(fake, 1, payments=12, back=4, out=10)
    storm.run()
    figures = storm.check()
    assert (figures["payouts"], figures["payments"], figures["refunds"]) == (10, 12, 4)
    for where in PLACES:
        assert storm.seen[where] > 0
