"""Birth dates as lists know them, in EDTF, and as names are compared: days, months and years."""

import re
from collections.abc import Iterable, Iterator

_DAY = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")
_YEARS = re.compile(r"([0-9]{4})/([0-9]{4})")
#: an approximate date may be off by so many years
ABOUT = 2
#: a longer interval tells nothing about anyone
LONGEST = 30


def days_of(births: Iterable[str]) -> tuple[str, ...]:
    """Every day, month or year that may be meant; nothing when one of the dates is not readable.

    A list that gives a date we cannot read must not pass for one that gives others only.
    """
    read = [list(_days(birth)) for birth in births]
    return tuple(dict.fromkeys(day for days in read for day in days)) if all(read) else ()


def _days(birth: str) -> Iterator[str]:
    if found := _YEARS.fullmatch(birth):
        first, last = int(found[1]), int(found[2])
        if first <= last <= first + LONGEST:
            yield from (f"{year:04}" for year in range(first, last + 1))
    elif birth.endswith("~") and _DAY.fullmatch(birth[:-1]):
        year = int(birth[:4])
        yield from (f"{year + off:04}" for off in range(-ABOUT, ABOUT + 1))
    elif _DAY.fullmatch(birth):
        yield birth
