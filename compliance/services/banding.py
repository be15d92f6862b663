"""Thresholds as shipped in compliance/data/scoring_bands.json, brought into the database."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from compliance.models import Approval, ScoringBand

from .classifying import MalformedReference

FACTS = (
    "match_at",
    "possible_at",
    "effective_from",
    "source",
    "approval",
    "approved_by_1",
    "approved_by_2",
)


def load_bands(rows: Iterable[dict[str, Any]]) -> Counter[str]:
    """Add each row that is new or reads otherwise than its newest version; how many of which.

    Raises MalformedReference for a row that no band can be; then the caller rolls back.
    """
    newest = {(band.list_code, band.kind): band for band in ScoringBand.objects.order_by("version")}
    counts: Counter[str] = Counter()
    for row in rows:
        band = _band(row)
        held = newest.get((band.list_code, band.kind))
        if held and all(getattr(held, name) == getattr(band, name) for name in FACTS):
            counts["same"] += 1
            continue
        band.version = held.version + 1 if held else 1
        _refuse_nonsense(band)
        band.save()
        newest[band.list_code, band.kind] = band
        counts["changed" if held else "new"] += 1
    return counts


def _band(row: dict[str, Any]) -> ScoringBand:
    facts: dict[str, Any] = {"approval": Approval.UNAPPROVED, **row}
    try:
        for name in ("match_at", "possible_at"):
            facts[name] = Decimal(facts[name])
        facts["effective_from"] = date.fromisoformat(facts["effective_from"])
        return ScoringBand(**facts)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise MalformedReference(f"scoring_bands.json: {row}: {error}") from error


def _refuse_nonsense(band: ScoringBand) -> None:
    try:
        band.full_clean()
    except ValidationError as error:
        raise MalformedReference(
            f"scoring_bands.json: {band}: {' '.join(error.messages)}"
        ) from error
