import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from compliance import services
from compliance.checks import rules_are_approved
from compliance.conditions import MalformedRule
from compliance.models import ChipModel, CountryGroup, PolicyRule
from compliance.services.reference import DATA
from marketplace.core.models import AuditEvent
from tests.make import NOON

pytestmark = pytest.mark.django_db


def stored() -> tuple[int, int, int]:
    return (
        ChipModel.objects.count(),
        CountryGroup.objects.count(),
        PolicyRule.objects.count(),
    )


def edited(folder: Path, file: str, edit: Any) -> Path:
    """A copy of the shipped data in which one file was changed by `edit`."""
    data = folder / "data"
    shutil.copytree(DATA, data)
    rows = json.loads((data / file).read_text())
    edit(rows)
    (data / file).write_text(json.dumps(rows))
    return data


def by_id(rows: list[dict[str, Any]], rule_id: str) -> dict[str, Any]:
    return next(row for row in rows if row["rule_id"] == rule_id)


def test_a_second_run_changes_nothing() -> None:
    first = services.load_reference(at=NOON)
    assert (first.chips, first.rules) == (Counter(new=39), Counter(new=37))
    assert first.groups == Counter(new=199)
    assert stored() == (39, 199, 37)
    second = services.load_reference(at=NOON)
    assert second.chips == Counter(same=39)
    assert second.groups == Counter(same=199)
    assert second.rules == Counter(same=37)
    assert (first.red_flags, second.red_flags) == (Counter(new=19), Counter(same=19))
    assert (first.site_risks, second.site_risks) == (Counter(new=52), Counter(same=52))
    assert stored() == (39, 199, 37)
    assert not AuditEvent.objects.exists()


def test_what_ships_is_marked_for_counsel_and_cites() -> None:
    services.load_reference(at=NOON)
    for rule in PolicyRule.objects.all():
        assert rule.verification.endswith("; needs sign-off by counsel")
        assert rule.get_approval_display() == "unapproved: needs counsel"
        assert rule.citation
    assert not ChipModel.objects.filter(source="").exists()
    classes = Counter(ChipModel.objects.values_list("export_class", flat=True))
    assert classes == {"3A090.a": 28, "3A090.b": 3, "near": 5, "below": 2, "unknown": 1}


@pytest.mark.parametrize(
    ("nvml_name", "chip"),
    [
        ("NVIDIA H100 80GB HBM3", "H100 SXM"),
        (" NVIDIA H200 ", "H200 SXM"),
        ("NVIDIA A100-PCIE-40GB", "A100 40GB SXM/PCIe"),
        ("Tesla T4", "T4"),
        ("NVIDIA L4", "L4"),
        ("NVIDIA GeForce RTX 4090", "RTX 4090"),
    ],
)
def test_a_chip_is_found_by_its_nvml_name(nvml_name: str, chip: str) -> None:
    services.load_reference(at=NOON)
    found = services.chip_for(nvml_name=nvml_name)
    assert found is not None
    assert found.name == chip


@pytest.mark.parametrize("nvml_name", ["", " ", "NVIDIA L", "NVIDIA", "NVIDIA L400", "nvidia l4"])
def test_an_unknown_name_is_no_chip(nvml_name: str) -> None:
    services.load_reference(at=NOON)
    assert services.chip_for(nvml_name=nvml_name) is None


def test_a_name_of_two_chips_is_none_of_them() -> None:
    services.load_reference(at=NOON)
    ChipModel.objects.create(
        name="Another", nvml_names=["NVIDIA L4"], memory_gb=1, export_class="below", source="test"
    )
    assert services.chip_for(nvml_name="NVIDIA L4") is None


def test_a_changed_rule_is_its_next_version(tmp_path: Path) -> None:
    services.load_reference(at=NOON)

    def edit(rows: list[dict[str, Any]]) -> None:
        rows[0]["reason"] = "Said otherwise."

    loaded = services.load_reference(at=NOON, data=edited(tmp_path, "policy_rules.json", edit))
    assert loaded.rules == Counter(same=36, changed=1)
    versions = PolicyRule.objects.filter(rule_id="P001").order_by("version")
    assert [(rule.version, rule.reason) for rule in versions] == [
        (1, "A mandatory list is stale or missing: nothing new is cleared until it is imported."),
        (2, "Said otherwise."),
    ]


def test_a_corrected_chip_leaves_a_trail(tmp_path: Path) -> None:
    services.load_reference(at=NOON)

    def edit(rows: list[dict[str, Any]]) -> None:
        rows[0]["rates"] = {"16": "90"}

    loaded = services.load_reference(at=NOON, data=edited(tmp_path, "chips.json", edit))
    assert loaded.chips == Counter(same=38, changed=1)
    event = AuditEvent.objects.get()
    assert (event.verb, event.detail) == (
        "correct_reference",
        {
            "rates": ["{'4': '1248', '8': '624', '16': '312'}", "{'16': '90'}"],
            "tpp": ["4992", "1440"],
            "performance_density": ["6.04", "1.74"],
            "computed_class": ["3A090.a", "below"],
            "export_class": ["3A090.a", "below"],
            "arithmetic": [
                "TPP = max(1248 x 4, 624 x 8, 312 x 16) = 4992; density = 4992 / 826 mm2 = 6.0436;"
                " 3A090.a.1: TPP >= 4800",
                "TPP = max(90 x 16) = 1440; density = 1440 / 826 mm2 = 1.7433; no threshold is met",
            ],
        },
    )


@pytest.mark.parametrize(
    ("file", "edit", "told"),
    [
        (
            "policy_rules.json",
            lambda rows: by_id(rows, "P020").update(conditions={"fact": "shoe_size", "is": "9"}),
            "rule P020: conditions.fact: 'shoe_size' is not a fact",
        ),
        (
            "policy_rules.json",
            lambda rows: by_id(rows, "P020").update(
                conditions={"fact": "country", "in_group": "NOWHERE"}
            ),
            "rule P020: no country group NOWHERE",
        ),
        (
            "chips.json",
            lambda rows: rows[1].update(nvml_names=rows[0]["nvml_names"]),
            "'NVIDIA A100-SXM4-40GB' stands for both A100 40GB SXM/PCIe and A100 80GB SXM/PCIe",
        ),
    ],
)
def test_contradictory_data_is_refused_whole(
    tmp_path: Path, file: str, edit: Any, told: str
) -> None:
    with pytest.raises((MalformedRule, services.MalformedReference), match=told):
        services.load_reference(at=NOON, data=edited(tmp_path, file, edit))
    assert stored() == (0, 0, 0)


def test_the_command_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_reference")
    assert capsys.readouterr().out.splitlines() == [
        "chips: 39 new, 0 changed, 0 the same",
        "groups: 199 new, 0 changed, 0 the same",
        "rules: 37 new, 0 changed, 0 the same",
        "red_flags: 19 new, 0 changed, 0 the same",
        "site_risks: 52 new, 0 changed, 0 the same",
    ]


# --- approval


def approved(by: tuple[str, str], rule_id: str = "P001") -> Any:
    def edit(rows: list[dict[str, Any]]) -> None:
        by_id(rows, rule_id).update(approval="approved", approved_by_1=by[0], approved_by_2=by[1])

    return edit


def test_two_people_approve_a_rule_as_its_next_version(tmp_path: Path) -> None:
    services.load_reference(at=NOON)
    assert len(services.unapproved_rules(day=NOON.date())) == 35
    data = edited(tmp_path, "policy_rules.json", approved(("ada", "ben")))
    assert services.load_reference(at=NOON, data=data).rules == Counter(same=36, changed=1)
    waiting = services.unapproved_rules(day=NOON.date())
    assert len(waiting) == 34
    assert "P001" not in waiting


@pytest.mark.parametrize("by", [("ada", "ada"), ("ada", ""), ("", "")])
def test_one_person_approves_nothing(tmp_path: Path, by: tuple[str, str]) -> None:
    with pytest.raises(MalformedRule, match="rule P001: approved needs two different approvers"):
        services.load_reference(at=NOON, data=edited(tmp_path, "policy_rules.json", approved(by)))
    assert stored() == (0, 0, 0)
    facts = {"rule_id": "T1", "effective_from": NOON.date(), "conditions": {}, "outcome": "deny"}
    refused = pytest.raises(IntegrityError, match="rule_approved_by_two")
    with refused, transaction.atomic():
        PolicyRule.objects.create(
            **facts, approval="approved", approved_by_1=by[0], approved_by_2=by[1]
        )


def test_production_is_warned_of_rules_nobody_approved(settings: Any) -> None:
    assert rules_are_approved(databases=["default"]) == []
    services.load_reference(at=NOON)
    settings.DEBUG = False
    [warning] = rules_are_approved(databases=["default"])
    assert warning.id == "compliance.W001"
    assert "policy rules in force are unapproved and need counsel: P001, P002" in warning.msg
    assert rules_are_approved(databases=None) == []
    settings.DEBUG = True
    assert rules_are_approved(databases=["default"]) == []
