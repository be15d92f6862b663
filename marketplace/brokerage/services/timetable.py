"""What is free hour by hour: for the eye, while the broker looks again under its constraint."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.types.range import TimestamptzRange

from marketplace.brokerage.models import GOING_ON, Lease, LeaseQuerySet, Reservation
from marketplace.catalog.models import Gpu, Offer

HOUR = timedelta(hours=1)
#: a quarter and a day: more than anybody may book ahead
MOST_HOURS = 91 * 24


@dataclass(frozen=True, slots=True)
class Timetable:
    """From `start`, hour by hour, the number of GPUs free for that whole hour; `gpus` in all.

    `after_notice` is how many more a bid alone takes in that hour, which gives way to the full
    price; empty for an offer that takes no bids.
    """

    start: datetime
    gpus: int
    free: tuple[int, ...]
    after_notice: tuple[int, ...] = ()

    def windows(self, *, gpus: int) -> list[tuple[datetime, datetime]]:
        """The unbroken windows [from, until) in which at least so many GPUs are free each hour.

        Not always the same ones: only a booking, whose GPUs do not change, can tell that.
        """
        return [
            (self.start + begin * HOUR, self.start + end * HOUR)
            for begin, end in _runs([free >= gpus for free in self.free])
        ]


def timetable(*, offers: Sequence[Offer], start: datetime, hours: int) -> dict[int, Timetable]:
    """By primary key of the offer. Two queries, and a third where any of them takes bids.

    Raises ValueError for fewer hours than one or more than MOST_HOURS.
    """
    if not 0 < hours <= MOST_HOURS:
        raise ValueError(f"from 1 to {MOST_HOURS} hours, not {hours}")
    gpus, shut = _gpus(offers)
    shut_in = {
        pk: _hours(upkeep.lower or start, upkeep.upper, start, hours) for pk, upkeep in shut.items()
    }
    leases = (
        Lease.objects.live()
        .barring(start, start + hours * HOUR)
        .filter(gpu__in=[pk for pks in gpus.values() for pk in pks])
    )
    taken, firm = _taken(leases, shut_in, start, hours), {}
    if any(offer.spot_floor_micro is not None for offer in offers):
        bids = Reservation.objects.filter(GOING_ON).values("pk")
        firm = _taken(leases.exclude(assignment__reservation__in=bids), shut_in, start, hours)
    found: dict[int, Timetable] = {}
    for offer in offers:
        own = gpus.get((offer.machine_id, offer.chip_id), [])
        busy = [(taken[gpu], firm.get(gpu, 0)) for gpu in own if gpu in taken]  # most are free
        free = tuple(len(own) - many for many in _sums([mask for mask, _ in busy], hours))
        more = _sums([mask & ~held for mask, held in busy], hours)
        takes_bids = offer.spot_floor_micro is not None
        found[offer.pk] = Timetable(start, len(own), free, more if takes_bids else ())
    return found


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


def _taken(
    leases: LeaseQuerySet, shut: dict[int, int], start: datetime, hours: int
) -> dict[int, int]:
    """By GPU the hours it is leased or shut in, wholly or in part: bit n is hour n."""
    taken = dict(shut)
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


def _sums(masks: Sequence[int], hours: int) -> tuple[int, ...]:
    """Of how many each hour is a part."""
    busy = [mask for mask in masks if mask]
    return tuple(sum(mask >> hour & 1 for mask in busy) for hour in range(hours))


def _runs(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where the flags are set: (first, one past the last)."""
    begin = 0
    for place, flag in enumerate([*flags, False]):
        if not flag:
            if place > begin:
                yield begin, place
            begin = place + 1
