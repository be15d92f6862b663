"""Lengths and moments of a window, read and written."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

from .kinds import quantity

#: words that a value must be quoted to be; `in` is not among them, since IN is India
KEYWORDS: Final = frozenset({"and", "or", "not", "order", "by", "for", "from"})
MINUTES: Final = {
    "min": 1,
    "h": 60,
    "hour": 60,
    "hours": 60,
    "d": 1440,
    "day": 1440,
    "days": 1440,
}
UNITS: Final = frozenset(MINUTES)
LONGEST: Final = timedelta(days=366)
MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2}))?"
)
FIRST, LAST = datetime(2000, 1, 2, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def length(typed: str) -> timedelta:
    """Such as 90min, 72h, 3d; whole minutes. Raises ValueError."""
    made = timedelta(minutes=quantity(typed, MINUTES, "90min, 72h or 3d"))
    if not timedelta(0) < made <= LONGEST:
        raise ValueError(f"is not between 1min and {LONGEST.days}d")
    return made


def shown_length(length: timedelta) -> str:
    minutes = length // timedelta(minutes=1)
    for unit in ("d", "h"):
        if minutes % MINUTES[unit] == 0:
            return f"{minutes // MINUTES[unit]}{unit}"
    return f"{minutes}min"


def moment(typed: str) -> datetime:
    """A day (from its first moment in UTC) or a moment with its zone. Raises ValueError."""
    wanted = "write UTC such as 2026-11-27T00:00Z, or a day such as 2026-11-27"
    if not MOMENT.fullmatch(typed):
        raise ValueError(wanted)
    try:
        if "T" not in typed:
            day = date.fromisoformat(typed)
            made = datetime(day.year, day.month, day.day, tzinfo=UTC)
        else:
            made = datetime.fromisoformat(typed).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"is in no calendar; {wanted}") from error
    if not FIRST <= made < LAST:
        raise ValueError(f"is not between {FIRST.year} and {LAST.year}")
    return made
