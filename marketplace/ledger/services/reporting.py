"""What each kind of account did and stands at, per day and currency, from transfers alone."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from django.db.models import Sum
from django.db.models.functions import TruncDate

from marketplace.core.files import whole
from marketplace.ledger.chart import PLACES, heading
from marketplace.ledger.models import Kind, Transfer

from .moments import one_moment

Account = tuple[str, str]
Sides = tuple[int, int]


class ReportRow(NamedTuple):
    """Of all accounts of a kind, in micro-units: opening + change = closing.

    Change = credits - debits.
    """

    day: date
    currency: str
    place: str
    kind: str
    opening: int
    debits: int
    credits: int
    change: int
    closing: int


def report(*, first: date, last: date) -> list[ReportRow]:
    """Rows for each day (UTC, of the fact) from `first` to `last`, currency and kind of account.

    A kind is listed from the first day it was used on, also on days without a transfer. The changes
    of a day add up to zero in each currency, and so do the closing balances.
    """
    with one_moment():
        moved = _moved(last)
    closing: dict[Account, int] = {}
    rows: list[ReportRow] = []
    for day in sorted({*moved, *_days(first, last)}):
        for account, (debits, credits) in moved.get(day, {}).items():
            closing[account] = closing.get(account, 0) + credits - debits
        if day >= first:
            rows.extend(_rows(day, moved.get(day, {}), closing))
    return rows


class SummaryRow(NamedTuple):
    """All places under one heading, in micro-units, as a reader expects them: debts positive.

    What Stripe has of ours, what others owe us and costs are debits; they are turned around.
    """

    day: date
    currency: str
    heading: str
    opening: int
    change: int
    closing: int


Row = TypeVar("Row", ReportRow, SummaryRow)

#: whose balance (credits - debits) is negative when there is something
TURNED = ("costs", "receivables", "with Stripe", "to our bank")


def summarise(*, rows: Iterable[ReportRow]) -> list[SummaryRow]:
    """Revenue, receivables, what providers are owed and the like, per day and currency."""
    sums: dict[tuple[date, str, str], Sides] = {}
    for row in rows:
        name = heading(row.place)
        sign = -1 if name in TURNED else 1
        key = (row.day, row.currency, name)
        change, closing = sums.get(key, (0, 0))
        sums[key] = (change + sign * row.change, closing + sign * row.closing)
    return [
        SummaryRow(*key, closing - change, change, closing)
        for key, (change, closing) in sorted(sums.items())
    ]


def write_report(*, rows: Sequence[Row], of: type[Row], target: Path) -> None:
    """Write the rows as CSV with a heading; the file appears whole or not at all."""
    with whole(target) as file:
        write_rows(rows=rows, of=of, file=file)


def write_rows(*, rows: Sequence[Row], of: type[Row], file: Any) -> None:
    """Write the rows as CSV to an open file; the heading is there also without a row."""
    sheet = csv.writer(file)
    sheet.writerow(of._fields)
    sheet.writerows(rows)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _moved(last: date) -> dict[date, dict[Account, Sides]]:
    """Debits and credits by day and (currency, kind), up to and with the last day."""
    moved: dict[date, dict[Account, Sides]] = {}
    day = TruncDate("transaction__event_at", tzinfo=UTC)
    rows = Transfer.objects.annotate(day=day).filter(day__lte=last)
    for place, side in enumerate(("debit", "credit")):
        sums = rows.values_list("day", "currency", f"{side}__kind").annotate(Sum("amount"))
        for on, currency, kind, amount in sums:
            accounts = moved.setdefault(on, {})
            debits, credits = accounts.get((currency, kind), (0, 0))
            accounts[currency, kind] = (debits, amount) if place else (amount, credits)
    return moved


def _rows(
    day: date, moved: dict[Account, Sides], closing: dict[Account, int]
) -> Iterator[ReportRow]:
    for (currency, kind), stands in sorted(closing.items()):
        debits, credits = moved.get((currency, kind), (0, 0))
        change = credits - debits
        yield ReportRow(
            *(day, currency, PLACES[Kind(kind)], kind),
            *(stands - change, debits, credits, change, stands),
        )
