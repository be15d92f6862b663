"""How much time to pay is given: arithmetic over what is known of a renter."""

from datetime import timedelta

import pytest

from marketplace.billing.grace import Debt, Facts, Move, Rules, debt_of, limit_micro
from tests.make import HOUR, NOON

DAY = timedelta(days=1)
RULES = Rules(most_micro=50_000_000, tenure=30 * DAY, pay_within=3 * DAY)
#: 1 USD an hour for thirty days, paid for since a month
FACTS = Facts(
    used_by_day=[24_000_000] * 30,
    spent_micro=900_000_000,
    paying_since=NOON - 30 * DAY,
    debt=Debt(),
    written_off=0,
    lost_disputes=0,
    frozen=False,
)


def limit(rules=RULES, **change):
    return limit_micro(facts=FACTS._replace(**change), rules=rules, at=NOON)


def test_an_average_day_is_given():
    assert limit() == 24_000_000
    assert limit(used_by_day=[24_000_000]) == 800_000, "a single day is a thirtieth"


@pytest.mark.parametrize(
    ("change", "most"),
    [
        ({"used_by_day": [100_000_000] * 30}, 50_000_000),
        ({"spent_micro": 10_000_000}, 10_000_000),
        ({"spent_micro": 0}, 0),
        ({"used_by_day": []}, 0),
        ({"used_by_day": [29]}, 0),
        ({"used_by_day": [-90_000_000]}, 0),
    ],
    ids=["cap", "own money", "gifts", "unused", "rounded", "given back"],
)
def test_it_is_capped(change, most):
    assert limit(**change) == most


@pytest.mark.parametrize(
    ("change", "given"),
    [
        ({"paying_since": None}, False),
        ({"paying_since": NOON - 30 * DAY + HOUR}, False),
        ({"lost_disputes": 1}, False),
        ({"written_off": 1}, False),
        ({"frozen": True}, False),
        ({"debt": Debt(1, 1, NOON)}, False),
        ({"debt": Debt(9_000_000, 1, NOON)}, False),
        ({"debt": Debt(9_000_000, 0, NOON - 3 * DAY)}, True),
        ({"debt": Debt(9_000_000, 0, NOON - 3 * DAY - HOUR)}, False),
    ],
)
def test_to_whom_nothing_is_given(change, given):
    assert limit(**change) == (24_000_000 if given else 0)


def test_no_cap_no_grace():
    assert limit(rules=RULES._replace(most_micro=0)) == 0


def lent(micro, hour):
    return Move(micro, NOON + hour * HOUR, grace=True)


def other(micro, hour):
    return Move(micro, NOON + hour * HOUR, grace=False)


@pytest.mark.parametrize(
    ("moves", "debt"),
    [
        ([], Debt()),
        ([lent(5, 0)], Debt(5, 0, NOON)),
        ([lent(5, 0), lent(3, 1)], Debt(8, 0, NOON)),
        ([lent(5, 0), other(-5, 1)], Debt()),
        ([lent(5, 0), other(-5, 1), lent(3, 2)], Debt(3, 0, NOON + 2 * HOUR)),
        ([lent(5, 0), other(-2, 1)], Debt(3, 0, NOON)),
        ([other(5, 0), lent(3, 1)], Debt(8, 5, NOON)),
        ([other(5, 0), lent(3, 1), other(-5, 2)], Debt(3, 0, NOON)),
        ([lent(3, 0), other(5, 1), other(-4, 2)], Debt(4, 1, NOON)),
    ],
)
def test_how_a_debt_stands(moves, debt):
    assert debt_of(moves) == debt
