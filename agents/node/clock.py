"""Wall time by a clock that nobody sets: CLOCK_BOOTTIME plus what the marketplace taught us.

The host's own clock may be wrong or be stepped; a lease must start and stop on time regardless, and
the lengths that are billed must agree with the monotonic clock.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime


def boottime() -> float:
    """Seconds since the kernel started; goes on while the machine sleeps, and is never set."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Clock:
    """`base` is the wall time (Unix seconds) at which `boottime` was zero."""

    def __init__(
        self,
        *,
        base: float | None = None,
        boot: Callable[[], float] = boottime,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.boot, self.wall = boot, wall
        self.base = wall() - boot() if base is None else base

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.base + self.boot(), UTC)

    def mono_ms(self, at: datetime) -> int:
        """The monotonic clock at a moment that `now` gave: both from one reading."""
        return int((at.timestamp() - self.base) * 1000)

    def offset(self) -> float:
        """Seconds by which the host's clock lags behind ours."""
        return self.base + self.boot() - self.wall()

    def learn(self, server_time: datetime, *, sent: float, received: float) -> None:
        """Take over the marketplace's time, read between `sent` and `received` of `boot`.

        The clock moves only as far as it is provably wrong, so that slow answers do not shake it.
        """
        earliest, latest = server_time.timestamp() - received, server_time.timestamp() - sent
        self.base = min(max(self.base, earliest), latest)
