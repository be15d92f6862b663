"""Rules, country groups and chips as shipped in compliance/data, brought into the database."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from compliance.conditions import MalformedRule, groups_named
from compliance.models import ChipModel, CountryGroup, PolicyRule
from compliance.policy import Rule, compiled
from marketplace.core import audit

DATA = Path(__file__).resolve().parent.parent / "data"
FACTS_OF_RULE = (
    "effective_from",
    "effective_to",
    "conditions",
    "outcome",
    "reason",
    "citation",
    "verification",
)


class MalformedReference(Exception):
    """A reference file contradicts itself; names the file and the row."""


@dataclass
class Loaded:
    """How many rows of each kind were new, changed and the same."""

    chips: Counter[str] = field(default_factory=Counter)
    groups: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)


def chip_for(*, nvml_name: str) -> ChipModel | None:
    """The chip that reports this name through NVML; None for a name nobody has classified."""
    name = nvml_name.strip()
    found = list(ChipModel.objects.filter(nvml_names__contains=[name])[:2]) if name else []
    return found[0] if len(found) == 1 else None


def load_reference(*, at: datetime, by: str = "load_reference", data: Path = DATA) -> Loaded:
    """Bring the shipped reference data in; a second run changes nothing.

    Chips and groups are corrected in place, each correction in the audit trail. A rule that reads
    otherwise becomes its next version. Rows that the files do not have are left alone. Raises
    MalformedRule and MalformedReference; then nothing was written.
    """
    chips, groups, rules = (
        json.loads((data / f"{name}.json").read_text())
        for name in ("chips", "country_groups", "policy_rules")
    )
    _check_chips(chips)
    _check_rules(rules, {row["group"] for row in groups})
    loaded = Loaded()
    with transaction.atomic():
        for chip in chips:
            loaded.chips[_correct(ChipModel, {"name": chip.pop("name")}, chip, at, by)] += 1
        for key, facts in _memberships(groups):
            loaded.groups[_correct(CountryGroup, key, facts, at, by)] += 1
        for rule in rules:
            loaded.rules[_supersede(rule)] += 1
    return loaded


def _check_chips(chips: Iterable[dict[str, Any]]) -> None:
    holder: dict[str, str] = {}
    for chip in chips:
        for name in chip["nvml_names"]:
            if name in holder:
                raise MalformedReference(
                    f"chips.json: {name!r} stands for both {holder[name]} and {chip['name']}"
                )
            holder[name] = chip["name"]


def _check_rules(rules: Iterable[dict[str, Any]], groups: set[str]) -> None:
    for row in rules:
        compiled(_rule(row))
        if missing := groups_named(row["conditions"]) - groups:
            raise MalformedRule(
                f"rule {row['rule_id']}: no country group {', '.join(sorted(missing))}"
            )


def _rule(row: dict[str, Any]) -> Rule:
    end = row["effective_to"]
    return Rule(
        rule_id=row["rule_id"],
        version=1,
        effective_from=date.fromisoformat(row["effective_from"]),
        effective_to=date.fromisoformat(end) if end else None,
        conditions=row["conditions"],
        outcome=row["outcome"],
        reason=row["reason"],
        citation=row["citation"],
    )


def _memberships(
    groups: Iterable[dict[str, Any]],
) -> Iterable[tuple[dict[str, Any], dict[str, Any]]]:
    for row in groups:
        end = row.get("effective_to")
        for country in row["countries"]:
            key = {
                "group": row["group"],
                "country": country,
                "effective_from": date.fromisoformat(row["effective_from"]),
            }
            yield (
                key,
                {
                    "source": row["source"],
                    "effective_to": date.fromisoformat(end) if end else None,
                },
            )


def _correct(
    model: type[ChipModel] | type[CountryGroup],
    key: dict[str, Any],
    facts: dict[str, Any],
    at: datetime,
    by: str,
) -> str:
    row, new = model._default_manager.get_or_create(**key, defaults=facts)
    if new:
        return "new"
    old = {name: getattr(row, name) for name in facts}
    changed = [name for name in facts if str(old[name]) != str(facts[name])]
    if not changed:
        return "same"
    for name in changed:
        setattr(row, name, facts[name])
    row.save(update_fields=changed)
    detail = {name: [str(old[name]), str(facts[name])] for name in changed}
    audit.record(verb="correct_reference", subject=row, at=at, actor_label=by, detail=detail)
    return "changed"


def _supersede(row: dict[str, Any]) -> str:
    rule = _rule(row)
    facts = {**row, "effective_from": rule.effective_from, "effective_to": rule.effective_to}
    newest = PolicyRule.objects.filter(rule_id=rule.rule_id).order_by("-version").first()
    if newest and all(getattr(newest, name) == facts[name] for name in FACTS_OF_RULE):
        return "same"
    PolicyRule.objects.create(**facts, version=newest.version + 1 if newest else 1)
    return "changed" if newest else "new"
