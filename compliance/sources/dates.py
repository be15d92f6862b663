"""Birth dates as publishers write them, in one notation: EDTF (ISO 8601-2).

`1960-05-07`, `1960-05`, `1960`; `1960/1962` is an interval of years, `1960~` approximate. `../1980`
is open at one end, and `XXXX` a date that is there and cannot be read: whoever compares must not
take an entry with such a date for one that gives the others only.
"""

import re
from datetime import datetime

UNREADABLE = "XXXX"
OPEN = ".."
_CIRCA = re.compile(r"^(?:circa|approximately|about|c\.)\s*", re.IGNORECASE)
_INTERVAL = re.compile(r"^(.*\S)\s*(?:\bto\b|\s-\s|(?<=\d{4})-(?=\d{4}))\s*(\S.*)$")
#: day and month are written 00, dd or mm where they are not known
_BRITISH = re.compile(r"^(\d\d|dd)/(\d\d|mm)/(\d{4})$", re.IGNORECASE)
_FORMS = (
    ("%Y-%m-%d", "%Y-%m-%d"),
    ("%Y-%m", "%Y-%m"),
    ("%Y", "%Y"),
    ("%d %b %Y", "%Y-%m-%d"),
    ("%d %B %Y", "%Y-%m-%d"),
    ("%b %Y", "%Y-%m"),
    ("%B %Y", "%Y-%m"),
)


def birth_date(text: str) -> str:
    """The date in EDTF, or nothing when the text is no date."""
    words = " ".join(text.split())
    bare = _CIRCA.sub("", words)
    if found := _INTERVAL.match(bare):
        return between(*(_day(part)[:4] for part in found.groups()))
    day = _day(bare)
    return f"{day}~" if day and bare != words else day


def birth_dates(*texts: str) -> tuple[str, ...]:
    """The texts as dates, each once, in the order given; what is no date as UNREADABLE."""
    found = (birth_date(text) or UNREADABLE for text in texts if text.strip())
    return tuple(dict.fromkeys(found))


def between(first: str, last: str) -> str:
    """An interval of two years, or nothing unless both are known and in order."""
    return f"{first}/{last}" if first and last and first <= last else ""


def period(first: tuple[str, str, str], last: tuple[str, str, str], *, about: bool) -> str:
    """The days from one (year, month, day) to another: as a day, a month, a year or years."""
    (year, month, day), whole_month = first, first[:2] == last[:2]
    if year != last[0]:
        return between(year, last[0])
    edtf = birth_date(year)
    if whole_month and month:
        edtf = birth_date(f"{year}-{month.zfill(2)}") or edtf
        if day and day == last[2]:
            edtf = birth_date(f"{year}-{month.zfill(2)}-{day.zfill(2)}") or edtf
    return f"{edtf}~" if about and edtf else edtf


def _day(text: str) -> str:
    if british := _BRITISH.match(text):
        day, month, year = british.groups()
        text = "-".join([year, *([month] if month.isdigit() and month != "00" else [])])
        if "-" in text and day.isdigit() and day != "00":
            text = f"{text}-{day}"
    for form, edtf in _FORMS:
        try:
            moment = datetime.strptime(text, form)  # noqa: DTZ007  a day, not a moment
        except ValueError:
            continue
        return moment.strftime(edtf).zfill(4)
    return ""
