"""Moments as programs read them."""

from datetime import datetime, timedelta, timezone

import pytest

from marketplace.core import moments
from tests.make import NOON

SOON = NOON + timedelta(microseconds=250)
IN_SINGAPORE = SOON.astimezone(timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    ("moment", "written", "exact"),
    [
        (NOON, "2026-11-24T12:00:00Z", "2026-11-24T12:00:00.000000Z"),
        (SOON, "2026-11-24T12:00:00.000250Z", "2026-11-24T12:00:00.000250Z"),
    ],
)
def test_each_kind(moment, written, exact):
    assert moments.iso(moment) == written
    assert moments.iso_second(moment) == "2026-11-24T12:00:00Z"
    assert moments.iso_exact(moment) == exact


def test_another_zone_is_the_same_moment():
    assert moments.iso_exact(IN_SINGAPORE) == moments.iso_exact(SOON)
    assert datetime.fromisoformat(moments.iso(IN_SINGAPORE)) == SOON
