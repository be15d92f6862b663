import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction

from compliance import services
from compliance.checks import rules_are_approved
from compliance.conditions import MalformedRule
from compliance.models import ChipModel, CountryGroup, PolicyRule, RuleApproval
from compliance.services.reference import DATA
from marketplace.accounts.models import User
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


def test_every_membership_of_a_group_says_how_far_it_was_checked() -> None:
    services.load_reference(at=NOON)
    told = CountryGroup.objects.values_list("group", "verification").distinct()
    assert len(told) == 11
    assert all(one.endswith("needs sign-off by counsel") for _, one in told)
    assert dict(told)["D:5"].startswith("not verified")
    assert dict(told)["A:5"].startswith("read in a copy of the eCFR")


def test_a_second_run_changes_nothing() -> None:
    first = services.load_reference(at=NOON)
    assert (first.chips, first.rules) == (Counter(new=39), Counter(new=41))
    assert first.groups == Counter(new=199)
    assert stored() == (39, 199, 41)
    second = services.load_reference(at=NOON)
    assert second.chips == Counter(same=39)
    assert second.groups == Counter(same=199)
    assert second.rules == Counter(same=41)
    assert (first.red_flags, second.red_flags) == (Counter(new=22), Counter(same=22))
    assert (first.site_risks, second.site_risks) == (Counter(new=52), Counter(same=52))
    assert stored() == (39, 199, 41)
    assert not AuditEvent.objects.exists()


def test_what_ships_is_marked_for_counsel_and_cites() -> None:
    services.load_reference(at=NOON)
    for rule in PolicyRule.objects.all():
        assert rule.verification.endswith("; needs sign-off by counsel")
        assert not rule.approvals.exists()
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
    assert loaded.rules == Counter(same=40, changed=1)
    versions = PolicyRule.objects.filter(rule_id="P001").order_by("version")
    first, second = versions
    assert (first.supersedes, second.supersedes, first.superseded_by) == (None, first, second)
    assert [(rule.version, rule.reason) for rule in versions] == [
        (1, "A mandatory list is stale or missing: nothing new is cleared until it is imported."),
        (2, "Said otherwise."),
    ]


def test_a_version_names_the_one_before_it_and_the_database_takes_no_other() -> None:
    services.load_reference(at=NOON)
    first, other = PolicyRule.objects.filter(rule_id__in=["P001", "P002"]).order_by("rule_id")
    facts = {
        name: getattr(first, name)
        for name in ("effective_from", "conditions", "outcome", "reason", "citation")
    }
    before = PolicyRule.objects.count()
    for supersedes, version in ((None, 2), (other, 2), (first, 3)):
        with pytest.raises(IntegrityError, match=r"P001 v. does not name"), transaction.atomic():
            PolicyRule.objects.create(
                rule_id="P001", version=version, supersedes=supersedes, **facts
            )
    with pytest.raises(IntegrityError, match="rule_first_supersedes"), transaction.atomic():
        PolicyRule.objects.create(rule_id="P999", version=1, supersedes=first, **facts)
    assert PolicyRule.objects.count() == before
    second = PolicyRule.objects.create(rule_id="P001", version=2, supersedes=first, **facts)
    assert first.superseded_by == second


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
        "rules: 41 new, 0 changed, 0 the same",
        "bands: 2 new, 0 changed, 0 the same",
        "red_flags: 22 new, 0 changed, 0 the same",
        "site_risks: 52 new, 0 changed, 0 the same",
    ]


# --- approval


ADA, BEN, CARL = (UUID(int=number) for number in (1, 2, 3))


def approve(rule: PolicyRule, actor: UUID) -> None:
    services.approve_rule(rule=rule, actor=actor, actor_label=str(actor), at=NOON)


def test_two_people_approve_a_version_of_a_rule() -> None:
    services.load_reference(at=NOON)
    rule = PolicyRule.objects.get(rule_id="P001")
    waiting = services.unapproved_rules(day=NOON.date())
    assert len(waiting) == 39
    approve(rule, ADA)
    assert services.unapproved_rules(day=NOON.date()) == waiting
    approve(rule, BEN)
    assert services.unapproved_rules(day=NOON.date()) == [one for one in waiting if one != "P001"]


def test_approving_changes_no_decision() -> None:
    services.load_reference(at=NOON)
    before = services.rulebook().hash
    for actor in (ADA, BEN):
        approve(PolicyRule.objects.get(rule_id="P001"), actor)
    assert services.rulebook().hash == before


def test_nobody_approves_twice() -> None:
    services.load_reference(at=NOON)
    rule = PolicyRule.objects.get(rule_id="P001")
    approve(rule, ADA)
    with pytest.raises(ValidationError, match="P001 v1: You have approved it already"):
        approve(rule, ADA)
    assert RuleApproval.objects.get().approver == ADA
    assert "P001" in services.unapproved_rules(day=NOON.date())


def test_whoever_proposed_a_rule_does_not_approve_it() -> None:
    services.load_reference(at=NOON, proposer=CARL)
    rule = PolicyRule.objects.get(rule_id="P001")
    with pytest.raises(ValidationError, match="Whoever proposed a rule does not approve it"):
        approve(rule, CARL)
    with pytest.raises(IntegrityError, match="rule_approved_by_another"), transaction.atomic():
        RuleApproval.objects.create(rule=rule, approver=CARL, approver_label="c", at=NOON)
    assert not RuleApproval.objects.exists()


def test_the_next_version_waits_for_two_people_again(tmp_path: Path) -> None:
    services.load_reference(at=NOON)
    for actor in (ADA, BEN):
        approve(PolicyRule.objects.get(rule_id="P001"), actor)

    def edit(rows: list[dict[str, Any]]) -> None:
        rows[0]["reason"] = "Said otherwise."

    services.load_reference(at=NOON, data=edited(tmp_path, "policy_rules.json", edit))
    assert "P001" in services.unapproved_rules(day=NOON.date())


def test_a_file_approves_nothing(tmp_path: Path) -> None:
    def edit(rows: list[dict[str, Any]]) -> None:
        rows[0]["approved_by_1"] = "ada"

    with pytest.raises(MalformedRule, match="rule P001: a rule has no approved_by_1; two people"):
        services.load_reference(at=NOON, data=edited(tmp_path, "policy_rules.json", edit))
    assert stored() == (0, 0, 0)


def test_an_approval_cannot_be_rewritten_or_taken_back() -> None:
    services.load_reference(at=NOON)
    approve(PolicyRule.objects.get(rule_id="P001"), ADA)
    for act in (lambda rows: rows.update(approver=BEN), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="is forbidden"), transaction.atomic():
            act(RuleApproval.objects.all())
    assert RuleApproval.objects.get().approver == ADA


def test_the_command_says_who_proposes(sally: User) -> None:
    with pytest.raises(CommandError, match="nobody signs in as ghost"):
        call_command("load_reference", "--proposed-by", "ghost@example.test")
    assert stored() == (0, 0, 0)
    call_command("load_reference", "--proposed-by", "Sally@example.test", verbosity=0)
    assert set(PolicyRule.objects.values_list("proposed_by", flat=True)) == {sally.public_id}


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
