"""Load, memory, heat and power of each GPU over a stretch of time: values in, values out."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from agents.protocol.health import Average, Reading


@dataclass
class _Samples:
    count: int = 0
    load: list[int] = field(default_factory=list)
    power: list[int] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    heat: list[int] = field(default_factory=list)

    def add(self, one: Reading) -> None:
        self.count += 1
        for kept, value in (
            (self.load, one.gpu_percent),
            (self.power, one.power_mw),
            (self.memory, one.memory_used_bytes),
            (self.heat, one.temperature_c),
        ):
            if value is not None:
                kept.append(value)


class Averages:
    """What was read since `since`; nothing of a GPU that never answered."""

    def __init__(self) -> None:
        self.since: datetime | None = None
        self._of: dict[str, _Samples] = defaultdict(_Samples)

    def begin(self, at: datetime) -> None:
        """Forget everything; a new stretch begins."""
        self.since = at
        self._of.clear()

    def add(self, readings: Iterable[Reading], at: datetime) -> None:
        self.since = self.since or at
        for one in readings:
            if not (one.lost or one.silent):
                self._of[one.uuid].add(one)

    def means(self) -> tuple[Average, ...]:
        """The mean of load and power, rounded down; the most of memory and heat."""
        return tuple(
            Average(
                uuid=uuid,
                samples=one.count,
                gpu_percent=_mean(one.load),
                power_mw=_mean(one.power),
                memory_used_bytes=max(one.memory, default=None),
                temperature_c=max(one.heat, default=None),
            )
            for uuid, one in self._of.items()
        )


def _mean(values: list[int]) -> int | None:
    return sum(values) // len(values) if values else None
