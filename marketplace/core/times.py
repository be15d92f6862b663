"""How staff read moments, days and spans: in UTC, as the foot of each page says."""

from datetime import UTC, date, datetime
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString


def moment(at: datetime) -> SafeString:
    """In UTC, as the foot of the page says; seconds only where there are any."""
    return _time(at, moment_text(at))


def brief(at: datetime) -> SafeString:
    """Of these weeks, for a list that is worked through: 3 Dec, 09:10."""
    there = at.astimezone(UTC)
    return _time(at, f"{there.day} {there:%b, %H:%M}")


def _time(at: datetime, text: str) -> SafeString:
    iso = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return format_html('<time datetime="{}">{}</time>', iso, text)


def moment_text(at: datetime) -> str:
    """The same as text, for the names of rows."""
    there = at.astimezone(UTC)
    return f"{day_text(there)}, {_clock(there)}"


def span(during: Any) -> str | SafeString:
    """The same as text, with its moments in one piece each."""
    if not isinstance(during.lower, datetime):
        return span_text(during)
    first, _, last = span_text(during).partition(" until ")
    return format_html("<time>{}</time> <time>until {}</time>", first, last)


def span_text(during: Any) -> str:
    """From its start until its end, which does not belong to it; an end of the same day is short.

    Also for the names of rows.
    """
    low, high = during.lower, during.upper
    if not isinstance(low, datetime):
        return f"from {low}" if high is None else f"{low} to {high - 1}"
    start = low.astimezone(UTC)
    told = f"{day_text(start)}, {_clock(start)} until"
    if high is None:
        return f"{told} further notice"
    end = high.astimezone(UTC)
    same = end.date() == start.date()
    return f"{told} {_clock(end)}" if same else f"{told} {day_text(end)}, {_clock(end)}"


def day_text(there: date) -> str:
    return f"{there.day} {there:%b %Y}"


def _clock(there: datetime) -> str:
    return f"{there:%H:%M:%S}" if there.second else f"{there:%H:%M}"
