"""Arithmetic of prices: integers in, integers out."""

from datetime import timedelta
from typing import Final

HOUR_MS: Final = 3_600_000


def due_micro(price_micro_per_hour: int, ms: int) -> int:
    """Price of `ms` milliseconds at a price in micro-units per hour, rounded down to a micro-unit.

    Always applied to the whole time covered so far, never to a slice of it, so that the rounding of
    many slices cannot add up (see docs/decisions/0004-cumulative-floor.md).
    """
    if price_micro_per_hour < 0 or ms < 0:
        raise ValueError("neither a price nor a time is negative")
    return price_micro_per_hour * ms // HOUR_MS


def milliseconds(length: timedelta) -> int:
    """Whole milliseconds in a length of time, rounded down."""
    return length // timedelta(milliseconds=1)


def window_micro(price_micro_per_gpu_hour: int, gpus: int, length: timedelta) -> int:
    """The most that so many GPUs can cost for a window of this length, in micro-units.

    Rounded down per GPU, as each lease is charged by itself.
    """
    return gpus * due_micro(price_micro_per_gpu_hour, milliseconds(length))
