"""How long something was down, and what a schedule gives for it: pure arithmetic."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from marketplace.core.money import BASIS_POINTS

Span = tuple[datetime, datetime]


def down(spans: Iterable[Span], *, run: Span) -> timedelta:
    """How much of the run lies in any of the spans; overlaps count once."""
    total, reached = timedelta(), run[0]
    for begin, end in sorted(spans):
        start, stop = max(begin, reached), min(end, run[1])
        if start < stop:
            total += stop - start
            reached = stop
    return total


def available_bps(*, run_ms: int, down_ms: int) -> int:
    """The share of the run that was not down, in 1/10,000, rounded down."""
    if not 0 <= down_ms <= run_ms or not run_ms:
        raise ValueError("a run has length, and what is down lies within it")
    return (run_ms - down_ms) * BASIS_POINTS // run_ms


def credit_bps(tiers: Iterable[tuple[int, int]], *, available: int) -> int:
    """Of tiers (below, credit) the best credit whose share the availability lies below."""
    return max((credit for below, credit in tiers if available < below), default=0)
