"""What is free hour by hour: for the eye, while the broker looks again under its constraint."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.types.range import TimestamptzRange

from marketplace.brokerage.models import Lease
from marketplace.catalog.models import Gpu, Offer

HOUR = timedelta(hours=1)
#: a quarter and a day: more than anybody may book ahead
MOST_HOURS = 91 * 24


@dataclass(frozen=True, slots=True)
class Timetable:
    """From `start`, hour by hour, the number of GPUs free for that whole hour; `gpus` in all."""

    start: datetime
    gpus: int
    free: tuple[int, ...]

    def windows(self, *, gpus: int) -> list[tuple[datetime, datetime]]:
        """The unbroken windows [from, until) in which at least so many GPUs are free each hour.

        Not always the same ones: only a booking, whose GPUs do not change, can tell that.
        """
        return [
            (self.start + begin * HOUR, self.start + end * HOUR)
            for begin, end in _runs([free >= gpus for free in self.free])
        ]


def timetable(*, offers: Sequence[Offer], start: datetime, hours: int) -> dict[int, Timetable]:
    """By primary key of the offer. Two queries, however many offers there are.

    Raises ValueError for fewer hours than one or more than MOST_HOURS.
    """
    if not 0 < hours <= MOST_HOURS:
        raise ValueError(f"from 1 to {MOST_HOURS} hours, not {hours}")
    gpus, shut = _gpus(offers)
    taken = _taken([pk for pks in gpus.values() for pk in pks], start, hours)
    for pk, upkeep in shut.items():
        taken[pk] = taken.get(pk, 0) | _hours(upkeep.lower or start, upkeep.upper, start, hours)
    return {
        offer.pk: _of(gpus.get((offer.machine_id, offer.chip_id), []), taken, start, hours)
        for offer in offers
    }


def _gpus(
    offers: Sequence[Offer],
) -> tuple[dict[tuple[int, int], list[int]], dict[int, TimestamptzRange]]:
    """The rentable GPUs by machine and chip, and the maintenance of those that have one."""
    found: dict[tuple[int, int], list[int]] = {}
    shut: dict[int, TimestamptzRange] = {}
    rentable = Gpu.objects.rentable().filter(machine__in={offer.machine_id for offer in offers})
    for machine, chip, pk, upkeep in rentable.values_list(
        "machine", "chip", "pk", "machine__upkeep"
    ):
        found.setdefault((machine, chip), []).append(pk)
        if upkeep is not None:
            shut[pk] = upkeep
    return found, shut


def _taken(gpus: Sequence[int], start: datetime, hours: int) -> dict[int, int]:
    """By GPU the hours it is taken in, wholly or in part: bit n is hour n."""
    leases = Lease.objects.live().barring(start, start + hours * HOUR).filter(gpu__in=gpus)
    taken: dict[int, int] = {}
    for gpu, during, cleaning_s in leases.values_list("gpu", "during", "cleaning_s"):
        apart = timedelta(seconds=cleaning_s)
        bits = _hours(during.lower - apart, during.upper + apart, start, hours)
        taken[gpu] = taken.get(gpu, 0) | bits
    return taken


def _hours(lower: datetime, upper: datetime | None, start: datetime, hours: int) -> int:
    """The hours that [lower, upper) touches; without an end, all that follow."""
    first = min(hours, max(0, (lower - start) // HOUR))
    last = hours if upper is None else max(0, min(hours, -((start - upper) // HOUR)))
    return (1 << last) - (1 << first) if first < last else 0


def _of(gpus: Sequence[int], taken: dict[int, int], start: datetime, hours: int) -> Timetable:
    busy = [mask for gpu in gpus if (mask := taken.get(gpu, 0))]  # most are free all the time
    free = tuple(len(gpus) - sum(mask >> hour & 1 for mask in busy) for hour in range(hours))
    return Timetable(start, len(gpus), free)


def _runs(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where the flags are set: (first, one past the last)."""
    begin = 0
    for place, flag in enumerate([*flags, False]):
        if not flag:
            if place > begin:
                yield begin, place
            begin = place + 1
