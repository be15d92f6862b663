"""Numbers of papers: one after the other in each series, none twice, none left out."""

from datetime import UTC, datetime

from django.db import connection

from marketplace.billing.models import NumberSeries

NEXT = """
UPDATE billing_numberseries SET last_number = last_number + 1 WHERE code = %s RETURNING last_number
"""


def series(*, prefix: str, at: datetime) -> str:
    """The series of a kind of paper in the year, UTC, it is issued in."""
    return f"{prefix}-{at.astimezone(UTC).year}"


def next_number(*, series: str) -> int:
    """The next number of a series; its row stays locked until the caller's transaction ends.

    So whoever issues next waits for the commit, and a paper that is rolled back gives its number
    back. Call it inside the transaction that issues, and late, since others wait.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a number is taken in the transaction that uses it")
    NumberSeries.objects.bulk_create([NumberSeries(code=series)], ignore_conflicts=True)
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [series])
        return int(cursor.fetchone()[0])
