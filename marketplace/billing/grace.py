"""How much time to pay a renter is given, as money that may be lent at once: pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

#: of so many days what was used is averaged
DAYS = 30


class Rules(NamedTuple):
    """`most_micro` 0: nobody is given any."""

    most_micro: int
    tenure: timedelta
    pay_within: timedelta


class Move(NamedTuple):
    """Something that was lent (micro-units above 0) or paid back; `grace`: as time to pay."""

    micro: int
    at: datetime
    grace: bool


class Debt(NamedTuple):
    """What is owed, what of it is no grace, and since when anything is."""

    owed_micro: int = 0
    otherwise_micro: int = 0
    since: datetime | None = None


class Facts(NamedTuple):
    """What is known of a renter; money in micro-units.

    `used_by_day` is what usage cost on each of the last DAYS days, `spent_micro` what was ever
    spent of money that they paid in, without gifts.
    """

    used_by_day: Sequence[int]
    spent_micro: int
    paying_since: datetime | None
    debt: Debt
    written_off: int
    lost_disputes: int
    frozen: bool


def debt_of(moves: Iterable[Move]) -> Debt:
    """How a debt stands after these, oldest first. What is paid pays what is no grace first."""
    debt = Debt()
    for move in moves:
        owed = debt.owed_micro + move.micro
        if owed <= 0:
            debt = Debt()
        elif move.micro > 0:
            otherwise = debt.otherwise_micro + (0 if move.grace else move.micro)
            debt = Debt(owed, otherwise, debt.since or move.at)
        else:
            debt = Debt(owed, max(0, debt.otherwise_micro + move.micro), debt.since)
    return debt


def limit_micro(*, facts: Facts, rules: Rules, at: datetime) -> int:
    """What may be owed at most as time to pay: what an average day costs them, up to a cap.

    Nothing for who has not paid for long enough, who owes for another reason or for too long, of
    whom a debt was ever written off or a dispute lost, or whose wallet is frozen.
    """
    if facts.frozen or facts.lost_disputes or facts.written_off or facts.debt.otherwise_micro:
        return 0
    if facts.paying_since is None or at - facts.paying_since < rules.tenure:
        return 0
    if facts.debt.since is not None and at - facts.debt.since > rules.pay_within:
        return 0
    average = sum(facts.used_by_day) // DAYS
    return max(0, min(average, facts.spent_micro, rules.most_micro))
