"""What a renter asks for: R1, R10, R11, R12."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import heappop, heappush

from .finding import Finding

#: by how little each class may be shared; unknown ones are not compared
HEIGHT = {"below": 0, "near": 1, "3A090.b": 2, "3A090.a": 3}


@dataclass(frozen=True, slots=True)
class Order:
    """A reservation as it was asked for.

    `refused`: screening did not allow it; `stands`: it was neither refused nor given up.
    """

    id: str
    asked_at: datetime
    chip: str
    chip_class: str
    gpus: int
    start: datetime
    end: datetime
    refused: bool = False
    stands: bool = True


def first_advanced(
    first: Order | None, *, founded_on: date | None, founded_after: date
) -> Finding | None:
    """R1: `first`, the renter's first order of advanced capacity, by a company too young for one
    before the controls of October 2022.

    What an older company bought elsewhere nobody can know; an unknown day is no finding.
    """
    if first is None or founded_on is None or founded_on <= founded_after:
        return None
    text = (
        f"Asked for {first.chip} ({first.chip_class}) as its first advanced capacity; founded on"
        f" {founded_on}, after {founded_after}."
    )
    return Finding("R1", text, {"reservation": first.id})


def out_of_scale(orders: Sequence[Order], *, gpus: int) -> list[Finding]:
    """R10: more than `gpus` in one order, by a renter who has not finished any rental yet."""
    return [
        Finding(
            "R10",
            f"Asked for {one.gpus} GPUs ({one.chip}) before any rental was finished.",
            {"reservation": one.id},
        )
        for one in orders
        if one.gpus > gpus
    ]


def tries_lower(orders: Sequence[Order], *, refused: int, days: int) -> list[Finding]:
    """R11: refused `refused` times within `days`, and then something of a lower class.

    One finding per request for the lower class that follows such a run.
    """
    found = []
    earlier: list[Order] = []
    for one in sorted(orders, key=lambda one: (one.asked_at, one.id)):
        since = one.asked_at - timedelta(days=days)
        before = [other for other in earlier if other.asked_at >= since and _lower(one, other)]
        earlier += [one] if one.refused else []
        if len(before) >= refused:
            tried = ", ".join(sorted({f"{other.chip} ({other.chip_class})" for other in before}))
            text = f"After {len(before)} refusals of {tried} asked for {one.chip}."
            found.append(Finding("R11", text, {"reservation": one.id}))
    return found


def _lower(one: Order, other: Order) -> bool:
    known = one.chip_class in HEIGHT and other.chip_class in HEIGHT
    return known and HEIGHT[one.chip_class] < HEIGHT[other.chip_class]


def like_a_supercomputer(orders: Sequence[Order], *, gpus: int) -> list[Finding]:
    """R12: `gpus` or more at the same moment, over all that stands."""
    running: list[tuple[datetime, int]] = []
    total = 0
    for one in sorted((one for one in orders if one.stands), key=lambda one: (one.start, one.id)):
        while running and running[0][0] <= one.start:
            total -= heappop(running)[1]
        heappush(running, (one.end, one.gpus))
        total += one.gpus
        if total >= gpus:
            text = f"{total} GPUs asked for at the same time, {one.start:%Y-%m-%d %H:%MZ}."
            return [Finding("R12", text, {"reservation": one.id})]
    return []
