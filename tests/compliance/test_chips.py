import csv
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from compliance import services
from compliance.chips import Classified, Figures, Threshold, classify
from compliance.models import ChipAttestation, ChipModel
from compliance.services.classifying import _threshold, classified
from compliance.services.reference import DATA
from marketplace.core.models import AuditEvent
from tests.make import HOUR, NOON

DAY = NOON.date()
THRESHOLDS = json.loads((DATA / "chip_thresholds.json").read_text())
PRONGS: list[Threshold] = [_threshold(row) for row in THRESHOLDS]
TABLE = Path(__file__).resolve().parents[3] / "shared" / "data" / "chips.csv"


def chip(tops: float, area: float | None, *, bits: int = 8, datacentre: bool = True) -> Classified:
    figures = Figures(
        {bits: Decimal(str(tops))}, None if area is None else Decimal(str(area)), datacentre
    )
    return classify(figures, PRONGS, DAY)


@pytest.mark.parametrize(
    ("tpp", "density", "expected"),
    [
        (4800, 1, "3A090.a"),
        (4799, 5.91, "3A090.b"),
        (4799, 5.92, "3A090.a"),
        (1628, 5.92, "3A090.a"),
        (1600, 5.91, "3A090.b"),
        (1600, 3.2, "3A090.b"),
        (2400, 1.6, "3A090.b"),
        (1599, 3.2, "near"),
        (1600, 3.19, "near"),
        (2399, 1.6, "near"),
        (2399, 1.5, "below"),
        (1500, 20, "below"),
        (1521, 20, "near"),
        (4800, 0.5, "3A090.a"),
        (4700, 0.5, "near"),
        (4000, 1.5, "below"),
    ],
)
def test_the_prongs_to_the_point(tpp: float, density: float, expected: str) -> None:
    prongs = {one.name: one for one in PRONGS}
    assert list(prongs) == ["3A090.a.1", "3A090.a.2", "3A090.b.1", "3A090.b.2"]
    figures = Figures({1: Decimal(str(tpp))}, Decimal(1), datacentre=True)
    area = figures.tpp / Decimal(str(density))
    found = classify(Figures(figures.rates, area, datacentre=True), PRONGS, DAY)
    assert found.export_class == expected


def test_a_chip_not_for_data_centres_is_spared_below_4800() -> None:
    assert chip(588, 608.5).export_class == "3A090.a"
    assert chip(588, 608.5, datacentre=False).export_class == "near"
    assert chip(500, 608.5, datacentre=False).export_class == "below"
    assert chip(600, 608.5, datacentre=False).export_class == "3A090.a"


def test_without_a_die_area_only_what_hangs_on_none_is_told() -> None:
    assert chip(600, None).export_class == "3A090.a"
    assert chip(300, None).export_class == "unknown"
    assert chip(100, None).export_class == "below"
    assert classify(Figures({}, None, datacentre=True), PRONGS, DAY).export_class == "unknown"


def test_before_the_thresholds_nothing_is_known() -> None:
    figures = Figures({8: Decimal(600)}, Decimal(800), datacentre=True)
    assert classify(figures, PRONGS, date(2023, 11, 16)).export_class == "unknown"
    assert classify(figures, PRONGS, date(2023, 11, 17)).export_class == "3A090.a"


def test_the_arithmetic_can_be_read() -> None:
    figures = Figures({16: Decimal(165), 8: Decimal(330), 4: Decimal(661)}, Decimal(826), True)
    assert classify(figures, PRONGS, DAY).arithmetic == (
        "TPP = max(661 x 4, 330 x 8, 165 x 16) = 2644; density = 2644 / 826 mm2 = 3.2010;"
        " 3A090.b.1: TPP >= 2400, TPP < 4800, density >= 1.6, density < 5.92"
    )


@pytest.mark.django_db
@pytest.mark.skipif(not TABLE.exists(), reason="the compiled chip table is not beside the checkout")
def test_the_shipped_figures_give_the_compiled_table() -> None:
    with TABLE.open(encoding="utf-8-sig") as opened:
        table = {row["name"]: row for row in csv.DictReader(opened)}
    rows = classified(json.loads((DATA / "chips.json").read_text()), THRESHOLDS, DAY)
    assert {row["name"] for row in rows} == set(table)
    for row in rows:
        expected = table[row["name"]]
        assert str(row["tpp"] or "") == expected["tpp"]
        density = expected["performance_density"]
        assert row["performance_density"] == (
            Decimal(density).quantize(Decimal("0.01")) if density else None
        )
        named = expected["eccn_3a090_result"].split()[0]
        if named.startswith("3A090"):
            assert row["computed_class"] == named
        else:
            assert row["computed_class"] in ("near", "below", "unknown")
        review = expected["marketplace_policy_class"] == "REVIEW_NEAR_THRESHOLD"
        assert (row["computed_class"] == "near") == (review or row["name"] == "H20")


# --- attestation


@pytest.fixture
def a10(db: None) -> ChipModel:
    services.load_reference(at=NOON)
    return ChipModel.objects.get(name="A10")


def attest(chip: ChipModel, export_class: str, **facts: Any) -> ChipAttestation:
    known = {
        "eccn": "5A992.c",
        "attested_on": DAY,
        "evidence": "Letter of the vendor, kept in the safe.",
        "by": "sally@example.test",
        "at": NOON,
    }
    return services.attest_chip(chip=chip, export_class=export_class, **{**known, **facts})


def classes(chip: ChipModel) -> tuple[str, str]:
    chip.refresh_from_db()
    return chip.computed_class, chip.export_class


def test_the_vendors_word_stands_over_the_arithmetic_until_withdrawn(a10: ChipModel) -> None:
    assert classes(a10) == ("near", "near")
    book = services.rulebook().hash
    attest(a10, "below")
    assert classes(a10) == ("near", "below")
    assert services.rulebook().hash != book
    assert services.load_reference(at=NOON + HOUR).chips == {"same": 39}
    attest(a10, "", at=NOON + HOUR)
    assert classes(a10) == ("near", "near")
    assert services.rulebook().hash == book
    first, second = AuditEvent.objects.order_by("pk")
    assert (first.verb, first.detail["export_class"]) == ("attest_chip", ["near", "below"])
    assert (first.actor_label, second.detail["export_class"]) == (
        "sally@example.test",
        ["below", "near"],
    )


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"export_class": "near"}, "export_class"),
        ({"export_class": "unknown"}, "export_class"),
        ({"export_class": "3A090.z"}, "export_class"),
        ({"evidence": "  "}, "evidence"),
        ({"attested_on": date(2026, 11, 25)}, "attested_on"),
    ],
)
def test_a_word_without_worth_changes_nothing(
    a10: ChipModel, facts: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        attest(a10, **{"export_class": "below", **facts})
    assert field in refused.value.message_dict
    assert classes(a10) == ("near", "near")
    assert not ChipAttestation.objects.exists()
    assert not AuditEvent.objects.exists()


def test_an_attestation_cannot_be_rewritten(a10: ChipModel) -> None:
    attest(a10, "below")
    refused = pytest.raises(DatabaseError, match="is forbidden: its rows are evidence")
    with connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute("UPDATE compliance_chipattestation SET export_class = '3A090.b'")
    assert ChipAttestation.objects.get().export_class == "below"
