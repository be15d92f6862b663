"""What giving booked time up costs: pure, integers in, integers out."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from marketplace.core.money import BASIS_POINTS

from .pricing import HOUR_MS, milliseconds

HOUR: Final = timedelta(hours=1)
#: a year: what lies further ahead than that cannot be booked
MOST_HOURS: Final = 366 * 24

#: hours ahead, and the share of the price in 1/10,000
Step = Sequence[int]


class BadSteps(ValueError):
    """Steps that are no schedule; the text says why."""


def check_steps(steps: Sequence[Step]) -> None:
    """Raise BadSteps unless hours rise, and what lies nearer never costs less."""
    if any(len(step) != 2 for step in steps):
        raise BadSteps("each step is a pair: hours ahead, and the share in 1/10,000")
    hours, shares = [step[0] for step in steps], [step[1] for step in steps]
    if not all(0 < one <= MOST_HOURS for one in hours) or sorted(set(hours)) != hours:
        raise BadSteps(f"hours rise from step to step, from 1 to {MOST_HOURS}")
    if not all(0 < one <= BASIS_POINTS for one in shares) or sorted(shares)[::-1] != shares:
        raise BadSteps(f"shares fall from step to step, from {BASIS_POINTS} to 1")


def fee_micro(
    *,
    steps: Iterable[Step],
    price_micro_per_gpu_hour: int,
    gpus: int,
    start: datetime,
    end: datetime,
    at: datetime,
) -> int:
    """Fee in micro-units for giving [start, end) up at `at`, rounded down per GPU.

    Every moment costs by how far ahead it lies, so giving time up piece by piece at one moment
    costs what all of it does; that leaves nothing to be gained by it but the rounding.
    """
    weighed, reached = 0, at
    for hours, share in steps:
        until = at + hours * HOUR
        weighed += share * _common_ms(start, end, reached, until)
        reached = until
    return gpus * (price_micro_per_gpu_hour * weighed // (HOUR_MS * BASIS_POINTS))


def deposit_micro(*, steps: Iterable[Step], cost_micro: int, least_bps: int) -> int:
    """What covers whatever giving it up may ever cost, in micro-units, rounded up.

    Not less than `least_bps` (1/10,000) of the cost, so that nobody keeps GPUs for nothing.
    """
    share = max((share for _, share in steps), default=0)
    return -(-cost_micro * max(share, least_bps) // BASIS_POINTS)


def _common_ms(start: datetime, end: datetime, low: datetime, high: datetime) -> int:
    return milliseconds(max(timedelta(0), min(end, high) - max(start, low)))
