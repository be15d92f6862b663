"""Moments: how near two may be, and how programs read them: in UTC, with a Z."""

from datetime import UTC, datetime, timedelta

#: the least by which two moments of the database differ
TICK = timedelta(microseconds=1)


def iso(moment: datetime) -> str:
    """As the API writes it; microseconds only where there are any: 2026-11-24T12:00:00Z."""
    return _zulu(moment, "auto")


def iso_second(moment: datetime) -> str:
    """To the second below, for what people read and type."""
    return _zulu(moment, "seconds")


def iso_exact(moment: datetime) -> str:
    """Always with microseconds, for what is hashed: the same moment is the same text."""
    return _zulu(moment, "microseconds")


def _zulu(moment: datetime, timespec: str) -> str:
    return moment.astimezone(UTC).isoformat(timespec=timespec).replace("+00:00", "Z")
