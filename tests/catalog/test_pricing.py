from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalog.pricing import due_micro, milliseconds


@pytest.mark.parametrize(
    ("price", "ms", "due"),
    [
        (2_400_000, 3_600_000, 2_400_000),
        (2_400_000, 20_000, 13_333),
        (2_400_000, 1, 0),
        (1, 3_599_999, 0),
        (1, 3_600_000, 1),
        (0, 3_600_000, 0),
    ],
)
def test_price_of_a_time_is_rounded_down(price, ms, due):
    assert due_micro(price, ms) == due


@given(price=st.integers(0, 10**9), slices=st.lists(st.integers(0, 10**7), max_size=20))
def test_charging_the_difference_of_totals_adds_up_exactly(price, slices):
    charged = covered = 0
    for ms in slices:
        covered += ms
        charged += due_micro(price, covered) - charged
    assert charged == price * sum(slices) // 3_600_000


def test_negative_is_refused():
    with pytest.raises(ValueError, match="negative"):
        due_micro(-1, 1)
    with pytest.raises(ValueError, match="negative"):
        due_micro(1, -1)


def test_milliseconds_are_rounded_down():
    assert milliseconds(timedelta(seconds=1, microseconds=999)) == 1000
