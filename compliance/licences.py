"""Which of a party's licences lets it rent what would otherwise need one. Pure.

A licence is a row as `compliance.models.above` reads it: approved by two and not revoked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

Row = Mapping[str, Any]
MICROSECOND = timedelta(microseconds=1)
HOUR_US = timedelta(hours=1) // MICROSECOND


@dataclass(frozen=True, slots=True)
class Wanted:
    """GPUs for the rest of a window: [start, end), asked at a moment, for a rental if it is one."""

    granted_to: str
    chip_class: str | None
    site_country: str | None
    end_use: str | None
    at: datetime
    start: datetime
    end: datetime
    gpus: int
    rental: UUID | None

    @property
    def gpu_us(self) -> int:
        """In GPU-microseconds."""
        return gpu_us(self.gpus, self.start, self.end)


class Used(NamedTuple):
    """What others have drawn: in all, and most at one time; and whether this rental draws on it."""

    gpu_us: int
    at_once: int
    own: bool


class Considered(NamedTuple):
    licence: Row
    used: Used
    enough: bool


@dataclass(frozen=True, slots=True)
class Licensed:
    """Every licence that covers what is wanted, and the one to draw on if one has enough left."""

    considered: tuple[Considered, ...] = ()
    chosen: Row | None = None


def gpu_us(gpus: int, start: datetime, end: datetime) -> int:
    """GPU-microseconds of so many GPUs from start to end; 0 when that is over."""
    return gpus * max((end - start) // MICROSECOND, 0)


def licence_for(wanted: Wanted, rows: Sequence[Row], used: Callable[[Row], Used]) -> Licensed:
    """Choose the licence that the rental draws on already, else the one that ends first."""
    considered = []
    for row in rows:
        if covers(row, wanted):
            of = used(row)
            considered.append(Considered(row, of, _enough(row, of, wanted)))
    fit = [one for one in considered if one.enough]
    best = min(fit, key=_preference, default=None)
    return Licensed(tuple(considered), best.licence if best else None)


def covers(row: Row, wanted: Wanted) -> bool:
    """Whether it is about this party, chip, place and use, today and on every day of the window."""
    return (
        row["granted_to"] == wanted.granted_to
        and wanted.chip_class in row["chip_classes"]
        and wanted.site_country in row["site_countries"]
        and wanted.end_use in row["end_uses"]
        and date.fromisoformat(row["valid_from"]) <= _day(wanted.at)
        and max(wanted.at + MICROSECOND, wanted.end) <= ends(row)
    )


def ends(row: Row) -> datetime:
    """The first moment at which the licence is no longer in force."""
    day = date.fromisoformat(row["valid_to"])
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)


def _enough(row: Row, used: Used, wanted: Wanted) -> bool:
    in_all = used.gpu_us + wanted.gpu_us <= row["gpu_hours"] * HOUR_US
    limit = row["gpus_at_once"]
    return in_all and (limit is None or used.at_once + wanted.gpus <= limit)


def _preference(one: Considered) -> tuple[bool, str, int]:
    return not one.used.own, one.licence["valid_to"], one.licence["id"]


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
