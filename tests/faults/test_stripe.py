"""Chaos between us and Stripe: whatever dies, is lost or comes twice, each payment counts once."""

import pytest

from tests.chaos import PLACES, Chaos

pytestmark = pytest.mark.django_db(transaction=True)


def test_thirty_top_ups_and_ten_refunds_count_once_each(fake):
    storm = Chaos(fake, 1, payments=30, back=10, seconds=90)
    storm.run()
    figures = storm.check()
    assert (figures["payments"], figures["refunds"]) == (30, 10)
    for where in PLACES:
        assert storm.seen[where] > 0
