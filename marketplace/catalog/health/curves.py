"""What GPUs did while somebody rented them: averages of minutes, and samples of the last hour."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from marketplace.catalog.models import Telemetry

from . import samples

#: an average may end this much after the rental: the agent reports on the next look
LATE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A GPU in the time in which one renter had it, [start, end)."""

    uuid: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Point:
    """What was measured over [start, end]; of a sample both are the moment it came.

    Percent, bytes, milliwatts, degrees Celsius; None where the card does not tell. Of an average,
    memory and heat are the most, load and power the mean.
    """

    start: datetime
    end: datetime
    gpu_percent: int | None
    memory_used_bytes: int | None
    power_mw: int | None
    temperature_c: int | None

    @property
    def is_sample(self) -> bool:
        return self.start == self.end


def curves(*, machine_id: int, stretches: Sequence[Stretch]) -> list[list[Point]]:
    """The curve of each stretch, in their order, oldest point first; all GPUs of one machine.

    For a renter `start` and `end` are those of the lease (`started_at`, and `ended_at` or now): the
    caller has found that the lease is theirs. Nothing is told of what anybody else did before or
    after: an average that began before the stretch is left out. A sample is at most one heartbeat
    old (30 s), and kept for an hour; before that there are averages of five minutes, for 180 days.
    """
    if not stretches:
        return []
    start = min(one.start for one in stretches)
    end = max(one.end for one in stretches)
    rows = Telemetry.objects.filter(machine_id=machine_id, start__gte=start, start__lt=end)
    averages = list(rows.order_by("start"))
    uuids = {one.uuid for one in stretches}
    live = samples.read(machine_id=machine_id, uuids=uuids, since=start)
    return [list(_curve(one, averages, live[one.uuid])) for one in stretches]


def _curve(
    of: Stretch, averages: Sequence[Telemetry], live: Sequence[samples.Sample]
) -> Iterator[Point]:
    within = [one for one in live if of.start <= one.at < of.end]
    until = of.start
    for row in averages:
        facts = row.gpus.get(of.uuid)
        if facts is None or not _belongs(row, of) or (within and row.start >= within[0].at):
            continue
        until = min(row.end, of.end)
        yield Point(row.start, until, **_facts(facts))
    for one in within:
        if one.at >= until:
            yield Point(
                one.at,
                one.at,
                one.gpu_percent,
                one.memory_used_bytes,
                one.power_mw,
                one.temperature_c,
            )


def _belongs(row: Telemetry, of: Stretch) -> bool:
    return of.start <= row.start < of.end and row.end <= of.end + LATE


def _facts(told: dict[str, Any]) -> dict[str, Any]:
    return {name: told.get(name) for name in samples.FACTS}
