"""What giving time up costs: every moment by how far ahead it lies."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalog.fees import BadSteps, check_steps, deposit_micro, fee_micro
from tests.make import HOUR, NOON

PRICE = 2_400_000
STEPS = [[24, 5000], [192, 2000]]


def fee(start, end, *, at=NOON, steps=STEPS, gpus=1):
    return fee_micro(
        steps=steps,
        price_micro_per_gpu_hour=PRICE,
        gpus=gpus,
        start=NOON + start * HOUR,
        end=NOON + end * HOUR,
        at=at,
    )


@pytest.mark.parametrize(
    ("start", "end", "due"),
    [
        (0, 2, 2_400_000),  # two hours at half
        (23, 25, 1_200_000 + 480_000),  # one hour at half, one at a fifth
        (191, 193, 480_000),  # the second hour lies further ahead than every step
        (200, 300, 0),
        (-3, 1, 1_200_000),  # what has passed is not given up
        (5, 5, 0),
    ],
)
def test_each_hour_costs_by_how_far_ahead_it_lies(start, end, due):
    assert fee(start, end) == due
    assert fee(start, end, gpus=3) == 3 * due


def test_without_steps_it_costs_nothing():
    assert fee(0, 100, steps=[]) == 0


def test_it_never_costs_more_than_the_time_itself():
    assert fee(0, 10, steps=[[48, 10_000]]) == 10 * PRICE


@given(
    st.integers(0, 400),
    st.integers(0, 400),
    st.integers(0, 400),
    st.integers(1, 10**7),
)
def test_piece_by_piece_costs_what_all_of_it_does(first, second, third, price):
    begin, middle, end = sorted((first, second, third))

    def of(start, stop):
        return fee_micro(
            steps=STEPS,
            price_micro_per_gpu_hour=price,
            gpus=1,
            start=NOON + start * HOUR,
            end=NOON + stop * HOUR,
            at=NOON,
        )

    whole, pieces = of(begin, end), of(begin, middle) + of(middle, end)
    assert 0 <= whole - pieces <= 1


@given(st.integers(0, 300), st.integers(1, 300))
def test_waiting_never_makes_it_cheaper(start, waited):
    early = fee(start + waited, start + waited + 10)
    late = fee(start + waited, start + waited + 10, at=NOON + timedelta(hours=waited))
    assert late >= early


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([[24]], "a pair"),
        ([[24, 100], [24, 50]], "hours rise"),
        ([[0, 100]], "hours rise"),
        ([[24, 100], [48, 200]], "shares fall"),
        ([[24, 10_001]], "shares fall"),
        ([[24, 0]], "shares fall"),
    ],
)
def test_what_is_no_schedule_is_refused(steps, said):
    with pytest.raises(BadSteps, match=said):
        check_steps(steps)
    check_steps(STEPS)


@pytest.mark.parametrize(
    ("steps", "least", "deposit"),
    [
        ([], 1000, 11),
        ([[2, 5000], [24, 2000]], 1000, 51),
        ([[2, 500]], 1000, 11),
        ([[2, 500]], 10_000, 101),
    ],
)
def test_a_deposit_is_the_dearest_share_rounded_up(steps, least, deposit):
    assert deposit_micro(steps=steps, cost_micro=101, least_bps=least) == deposit


@given(st.integers(0, 300), st.integers(1, 300))
def test_no_fee_is_above_the_deposit(start, hours):
    cost = hours * PRICE
    covered = deposit_micro(steps=STEPS, cost_micro=cost, least_bps=1000)
    assert fee(start, start + hours) <= covered
