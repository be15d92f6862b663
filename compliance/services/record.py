"""What stands on a party's record when it is decided about: open red flags, signed statement.

All of it comes from `above`, so that an old decision finds what there was.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from compliance.models import Party
from compliance.models.above import Above
from compliance.redflags import weigh

#: what a statement states, as the party's own field of it is called
STATED = {"end_use": "end_use", "text": "end_use_statement", "end_users": "end_users"}


def open_flags(known: Above, at: datetime) -> list[dict[str, Any]]:
    """Flags that nobody closed, of kinds in force on that day."""
    return [one for one in known.get("flags", ()) if _covers(one, at.astimezone(UTC).date())]


def facts_on_record(party: Party, known: Above, at: datetime) -> dict[str, str | None]:
    """The facts `red_flags` and `end_use_statement`; the latter only while it is signed."""
    flags = open_flags(known, at)
    return {
        "red_flags": weigh((one["code"], one["weight"]) for one in flags),
        "end_use_statement": _statement(party, known, at),
    }


def ends_of_record(known: Above, at: datetime) -> Iterator[datetime]:
    """Moments after `at` from which the record says something else, though nobody touched it."""
    moments = [datetime.fromisoformat(one["expires_at"]) for one in known.get("statements", ())]
    for one in known.get("flags", ()):
        moments.append(_midnight(date.fromisoformat(one["effective_from"])))
        if one["effective_to"]:
            moments.append(_midnight(date.fromisoformat(one["effective_to"]) + timedelta(days=1)))
    return (moment for moment in moments if moment > at)


def _statement(party: Party, known: Above, at: datetime) -> str | None:
    text = party.end_use_statement.strip() or None
    if "statements" not in known:  # from before statements were signed: the text alone counted
        return text
    signed = any(_is_signed(party, one, at) for one in known["statements"])
    return text if signed else None


def _is_signed(party: Party, one: dict[str, Any], at: datetime) -> bool:
    since, until = (datetime.fromisoformat(one[name]) for name in ("signed_at", "expires_at"))
    same = all(one[theirs] == getattr(party, ours) for theirs, ours in STATED.items())
    return same and since <= at < until


def _covers(one: dict[str, Any], day: date) -> bool:
    last = one["effective_to"]
    return one["effective_from"] <= str(day) and (last is None or str(day) <= last)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
