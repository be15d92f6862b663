"""When to top a wallet up unasked: pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

#: how long to wait after each decline in a row; after one more it is switched off
LADDER = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
    timedelta(hours=72),
)


class Rules(NamedTuple):
    """What the renter lets us take; micro-units."""

    threshold_micro: int
    amount_micro: int
    day_cap_micro: int
    month_cap_micro: int


class Past(NamedTuple):
    """An automatic top-up since the renter asked for them, newest last."""

    amount_micro: int
    asked_at: datetime
    failed_at: datetime | None


class Decision(NamedTuple):
    """Top up now, or why not. `off`: not again until the renter asks."""

    go: bool
    why: str = ""
    off: bool = False


def decide(*, rules: Rules, available_micro: int, past: Sequence[Past], at: datetime) -> Decision:
    """Decide from what is available and what was tried before; `at` is UTC."""
    if available_micro >= rules.threshold_micro:
        return Decision(False, "there is enough")
    failed = _failed_in_a_row(past)
    if len(failed) > len(LADDER):
        return Decision(False, f"the card was declined {len(failed)} times in a row", off=True)
    if failed and at < failed[-1] + LADDER[len(failed) - 1]:
        return Decision(False, "waiting after a decline")
    taken = [one for one in past if one.failed_at is None]
    day = sum(one.amount_micro for one in taken if one.asked_at.date() == at.date())
    if day + rules.amount_micro > rules.day_cap_micro:
        return Decision(False, "the limit of the day is reached")
    month = sum(one.amount_micro for one in taken if _month(one.asked_at) == _month(at))
    if month + rules.amount_micro > rules.month_cap_micro:
        return Decision(False, "the limit of the month is reached")
    return Decision(True)


def _month(at: datetime) -> tuple[int, int]:
    return at.year, at.month


def _failed_in_a_row(past: Sequence[Past]) -> list[datetime]:
    """When each of the latest failed, oldest first, since the last that did not."""
    row: list[datetime] = []
    for one in reversed(past):
        if one.failed_at is None:
            break
        row.append(one.failed_at)
    return row[::-1]
