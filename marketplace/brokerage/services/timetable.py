"""What is free hour by hour: for the eye, while the broker looks again under its constraint."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

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
    gpus = _gpus(offers)
    taken = _taken([pk for pks in gpus.values() for pk in pks], start, hours)
    return {
        offer.pk: _of(gpus.get((offer.machine_id, offer.chip_id), []), taken, start, hours)
        for offer in offers
    }


def _gpus(offers: Sequence[Offer]) -> dict[tuple[int, int], list[int]]:
    """The rentable GPUs by machine and chip."""
    found: dict[tuple[int, int], list[int]] = {}
    rentable = Gpu.objects.rentable().filter(machine__in={offer.machine_id for offer in offers})
    for machine, chip, pk in rentable.values_list("machine", "chip", "pk"):
        found.setdefault((machine, chip), []).append(pk)
    return found


def _taken(gpus: Sequence[int], start: datetime, hours: int) -> dict[int, int]:
    """By GPU the hours it is taken in, wholly or in part: bit n is hour n."""
    leases = Lease.objects.live().filter(
        gpu__in=gpus, during__overlap=(start, start + hours * HOUR)
    )
    taken: dict[int, int] = {}
    for gpu, during in leases.values_list("gpu", "during"):
        first = max(0, (during.lower - start) // HOUR)
        last = min(hours, -((start - during.upper) // HOUR))
        taken[gpu] = taken.get(gpu, 0) | (1 << last) - (1 << first)
    return taken


def _of(gpus: Sequence[int], taken: dict[int, int], start: datetime, hours: int) -> Timetable:
    masks = [taken.get(gpu, 0) for gpu in gpus]
    free = tuple(sum(not mask >> hour & 1 for mask in masks) for hour in range(hours))
    return Timetable(start, len(gpus), free)


def _runs(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where the flags are set: (first, one past the last)."""
    begin = 0
    for place, flag in enumerate([*flags, False]):
        if not flag:
            if place > begin:
                yield begin, place
            begin = place + 1
