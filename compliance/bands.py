"""Thresholds as dated rows: which bounds are in force on a day. Pure.

A row speaks of one list and one kind of party, or of each. Per list and kind the newest version
counts that has begun and that two people have approved; a newer one that nobody has approved
counts beside it, so that it can lower a bound and never raise it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .matching import Bands, Threshold


@dataclass(frozen=True, slots=True)
class Band:
    """One version of the bounds for a list and a kind; empty means each."""

    list_code: str
    kind: str
    version: int
    match_at: float
    possible_at: float
    effective_from: date
    approved: bool


def bands_on(day: date, rows: Iterable[Band]) -> Bands:
    """The scorer's own bounds, lowered by the rows in force on that day."""
    begun = defaultdict[tuple[str, str], list[Band]](list)
    for row in sorted(rows, key=lambda row: (row.list_code, row.kind, row.version)):
        if row.effective_from <= day:
            held = begun[row.list_code, row.kind]
            held[:] = [row] if row.approved else [*held, row]
    found = (_threshold(key, held) for key, held in begun.items())
    return Bands(thresholds=tuple(one for one in found if _lowers(one)))


def _threshold(key: tuple[str, str], rows: list[Band]) -> Threshold:
    match, possible = min(row.match_at for row in rows), min(row.possible_at for row in rows)
    return Threshold(*key, match, possible)


def _lowers(one: Threshold) -> bool:
    """Bounds that the scorer has by itself are left out: every comparison would look at them."""
    own, kinds = Bands(), (one.kind,) if one.kind else ("person", "")
    return one.match < own.match or any(one.possible < own.possible(kind) for kind in kinds)
