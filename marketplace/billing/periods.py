"""Periods of invoices: calendar months in UTC, half-open."""

from datetime import UTC, datetime


def month_of(moment: datetime) -> datetime:
    """The first moment of the month, in UTC, that a moment lies in."""
    there = moment.astimezone(UTC)
    return there.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def name_of(month: datetime) -> str:
    """A month by its first moment, such as 2026-11."""
    return f"{month:%Y-%m}"


def month_before(month: datetime) -> datetime:
    """The first moment of the month before, of a month given by its first moment."""
    year, number = (month.year, month.month - 1) if month.month > 1 else (month.year - 1, 12)
    return month.replace(year=year, month=number)
