"""Chips get their class from the arithmetic, unless the vendor attests another."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from compliance.chips import Figures, Threshold, classify
from compliance.models import ChipAttestation, ChipModel, ExportClass
from marketplace.core import audit

ATTESTABLE = (ExportClass.A, ExportClass.B, ExportClass.BELOW)
DECIMALS = ("tpp_from", "tpp_below", "density_from", "density_below")


class MalformedReference(Exception):
    """A reference file contradicts itself; names the file and the row."""


def classified(
    chips: Iterable[dict[str, Any]], thresholds: Iterable[dict[str, Any]], day: date
) -> list[dict[str, Any]]:
    """Rows of chips.json with all that follows from their figures on that day.

    The newest attestation of a chip decides its class. Raises MalformedReference.
    """
    prongs = [_threshold(row) for row in thresholds]
    attested = attested_classes()
    return [_classified(row, prongs, attested, day) for row in chips]


def attested_classes() -> dict[str, str]:
    """Chip name to the class that its newest attestation gives; withdrawn ones are left out."""
    newest = (
        ChipAttestation.objects.order_by("chip", "-pk")
        .distinct("chip")
        .values_list("chip__name", "export_class")
    )
    return {name: export_class for name, export_class in newest if export_class}


def attest_chip(
    *,
    chip: ChipModel,
    export_class: str,
    eccn: str,
    attested_on: date,
    evidence: str,
    by: str,
    at: datetime,
) -> ChipAttestation:
    """Put the vendor's class over the computed one; an empty class withdraws what was attested.

    A changed class voids every clearance, which rests on the classes. Raises ValidationError.
    """
    if export_class and export_class not in ATTESTABLE:
        raise ValidationError({"export_class": f"A vendor attests {', '.join(ATTESTABLE)}."})
    if attested_on > at.date():
        raise ValidationError({"attested_on": "This day has not come yet."})
    with transaction.atomic():
        chip = ChipModel.objects.select_for_update(no_key=True).get(pk=chip.pk)
        row = ChipAttestation(
            chip=chip,
            export_class=export_class,
            eccn=eccn.strip(),
            attested_on=attested_on,
            evidence=evidence.strip(),
            recorded_by=by,
            recorded_at=at,
        )
        row.full_clean()
        row.save()
        old, chip.export_class = chip.export_class, export_class or chip.computed_class
        chip.save(update_fields=["export_class"])
        detail = {"attestation": str(row.public_id), "export_class": [old, chip.export_class]}
        audit.record(verb="attest_chip", subject=chip, at=at, actor_label=by, detail=detail)
    return row


def _classified(
    row: dict[str, Any], prongs: list[Threshold], attested: dict[str, str], day: date
) -> dict[str, Any]:
    figures = _figures(row)
    found = classify(figures, prongs, day)
    return {
        **row,
        # as the database orders the keys, so that a second run finds nothing to correct
        "rates": {str(bits): str(rate) for bits, rate in sorted(figures.rates.items())},
        "die_area_mm2": _rounded(figures.die_area_mm2, "0.01"),
        "tpp": None if found.tpp is None else int(found.tpp.quantize(Decimal(1))),
        "performance_density": _rounded(found.density, "0.01"),
        "computed_class": found.export_class,
        "arithmetic": found.arithmetic,
        "export_class": attested.get(row["name"], found.export_class),
    }


def _figures(row: dict[str, Any]) -> Figures:
    try:
        rates = {int(bits): Decimal(rate) for bits, rate in row["rates"].items()}
        area = Decimal(row["die_area_mm2"]) if row["die_area_mm2"] else None
    except (KeyError, ValueError, InvalidOperation) as error:
        raise MalformedReference(
            f"chips.json: {row['name']}: rates must be numbers by bit length, the die area a number"
            f" or null ({error!r})"
        ) from error
    figures = [*map(Decimal, rates), *rates.values(), *([area] if area else [])]
    if min(figures, default=Decimal(1)) <= 0:
        raise MalformedReference(f"chips.json: {row['name']}: rates and die area must be above 0")
    return Figures(rates, area, bool(row["datacentre"]))


def _threshold(row: dict[str, Any]) -> Threshold:
    end = row["effective_to"]
    return Threshold(
        name=row["name"],
        export_class=row["export_class"],
        effective_from=date.fromisoformat(row["effective_from"]),
        effective_to=date.fromisoformat(end) if end else None,
        only_datacentre=row.get("only_datacentre", False),
        **{name: Decimal(row[name]) for name in DECIMALS if name in row},
    )


def _rounded(value: Decimal | None, to: str) -> Decimal | None:
    return None if value is None else value.quantize(Decimal(to))
