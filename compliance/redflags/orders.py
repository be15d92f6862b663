"""What a renter asks for: R10, R11, R12."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

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
    in_order = sorted(orders, key=lambda one: (one.asked_at, one.id))
    for place, one in enumerate(in_order):
        since = one.asked_at - timedelta(days=days)
        before = [
            other
            for other in in_order[:place]
            if other.refused and other.asked_at >= since and _lower(one, other)
        ]
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
    asked = sorted((one for one in orders if one.stands), key=lambda one: (one.start, one.id))
    for one in asked:
        together = [other for other in asked if other.start <= one.start < other.end]
        total = sum(other.gpus for other in together)
        if total >= gpus:
            text = f"{total} GPUs asked for at the same time, {one.start:%Y-%m-%d %H:%MZ}."
            return [Finding("R12", text, {"reservation": one.id})]
    return []
