"""Rules, bands, country groups and chips as shipped in compliance/data, into the database."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from compliance.conditions import MalformedRule, groups_named
from compliance.models import ChipModel, CountryGroup, PolicyRule, RedFlagKind, SiteRisk
from compliance.policy import Rule, compiled
from marketplace.core import audit

from .banding import load_bands
from .classifying import MalformedReference, classified
from .limits import check_flags

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
KEY_OF_RISK = ("country", "operator", "site", "dimension", "effective_from")

Correctable = TypeVar("Correctable", ChipModel, CountryGroup, RedFlagKind, SiteRisk)


@dataclass
class Loaded:
    """How many rows of each kind were new, changed and the same."""

    chips: Counter[str] = field(default_factory=Counter)
    groups: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    bands: Counter[str] = field(default_factory=Counter)
    red_flags: Counter[str] = field(default_factory=Counter)
    site_risks: Counter[str] = field(default_factory=Counter)


def chip_for(*, nvml_name: str) -> ChipModel | None:
    """The chip that reports this name through NVML; None for a name nobody has classified."""
    name = nvml_name.strip()
    found = list(ChipModel.objects.filter(nvml_names__contains=[name])[:2]) if name else []
    return found[0] if len(found) == 1 else None


def load_reference(
    *,
    at: datetime,
    by: str = "load_reference",
    proposer: UUID | None = None,
    data: Path = DATA,
) -> Loaded:
    """Bring the shipped reference data in; a second run changes nothing.

    All but rules and bands is corrected in place, each correction in the audit trail. A rule or a
    band that reads otherwise becomes its next version, which `proposer` (public id of a user) may
    not approve where it is a rule. Rows that the files do not have are left alone. Raises
    MalformedRule and MalformedReference; then nothing was written.
    """
    chips, thresholds, groups, rules, bands = (
        json.loads((data / f"{name}.json").read_text())
        for name in ("chips", "chip_thresholds", "country_groups", "policy_rules", "scoring_bands")
    )
    flags, risks = (_dated(data / f"{name}.json") for name in ("red_flags", "site_risks"))
    _check_chips(chips)
    check_flags(flags, {row["group"] for row in groups})
    check_rules(rules, {row["group"] for row in groups})
    loaded = Loaded()
    with transaction.atomic():
        rows = classified(chips, thresholds, at.date())
        loaded.chips = _correct(ChipModel, ("name",), rows, at, by)
        key = ("group", "country", "effective_from")
        loaded.groups = _correct(CountryGroup, key, _memberships(groups), at, by)
        loaded.red_flags = _correct(RedFlagKind, ("code",), flags, at, by)
        loaded.site_risks = _correct(SiteRisk, KEY_OF_RISK, risks, at, by)
        loaded.rules = _supersede(rules, proposer)
        loaded.bands = load_bands(bands)
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


def check_rules(rules: Iterable[dict[str, Any]], groups: set[str]) -> None:
    """Raise MalformedRule for the first row that says what no rule can say."""
    for row in rules:
        compiled(rule_of(row))
        _check_keys(row)
        if missing := groups_named(row["conditions"]) - groups:
            raise MalformedRule(
                f"rule {row['rule_id']}: no country group {', '.join(sorted(missing))}"
            )


def _check_keys(row: dict[str, Any]) -> None:
    if unknown := row.keys() - {"rule_id", *FACTS_OF_RULE}:
        raise MalformedRule(
            f"rule {row['rule_id']}: a rule has no {', '.join(sorted(unknown))}; two people approve"
            " it in the admin, not in a file"
        )


def rule_of(row: dict[str, Any]) -> Rule:
    """A row of policy_rules.json as a rule."""
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


def _dated(file: Path) -> list[dict[str, Any]]:
    """Rows with their dates read. Raises MalformedReference."""
    rows: list[dict[str, Any]] = json.loads(file.read_text())
    for place, row in enumerate(rows, start=1):
        for name in row.keys() & {"as_of", "effective_from", "effective_to"}:
            try:
                row[name] = date.fromisoformat(row[name]) if row[name] else None
            except (TypeError, ValueError) as error:
                raise MalformedReference(
                    f"{file.name}: row {place}: {name} {row[name]!r} is no day; write 2026-11-24"
                ) from error
    return rows


def _memberships(groups: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for row in groups:
        end = row.get("effective_to")
        facts = {
            "group": row["group"],
            "effective_from": date.fromisoformat(row["effective_from"]),
            "effective_to": date.fromisoformat(end) if end else None,
            "source": row["source"],
            "verification": row["verification"],
        }
        rows += [{**facts, "country": country} for country in row["countries"]]
    return rows


def _correct(
    model: type[Correctable],
    key: Sequence[str],
    rows: Iterable[dict[str, Any]],
    at: datetime,
    by: str,
) -> Counter[str]:
    """Add the rows whose key is new, correct those that read otherwise."""
    held = {tuple(getattr(row, name) for name in key): row for row in model._default_manager.all()}
    new = []
    counts: Counter[str] = Counter()
    for facts in rows:
        row = held.get(tuple(facts[name] for name in key))
        if row is None:
            new.append(model(**facts))
        elif detail := _rewritten(row, facts):
            counts["changed"] += 1
            audit.record(
                verb="correct_reference", subject=row, at=at, actor_label=by, detail=detail
            )
        else:
            counts["same"] += 1
    model._default_manager.bulk_create(new)
    return counts + Counter(new=len(new))


def _rewritten(row: Correctable, facts: dict[str, Any]) -> dict[str, list[str]]:
    """Write the facts into the row; what changed, as {field: [old, new]}."""
    old = {name: getattr(row, name) for name in facts}
    # also as text, so that the decimal of the database equals the string of the file
    changed = [
        name for name in facts if old[name] != facts[name] and str(old[name]) != str(facts[name])
    ]
    for name in changed:
        setattr(row, name, facts[name])
    if changed:
        row.save(update_fields=changed)
    return {name: [str(old[name]), str(facts[name])] for name in changed}


def _supersede(rows: Iterable[dict[str, Any]], proposer: UUID | None) -> Counter[str]:
    newest = {rule.rule_id: rule for rule in PolicyRule.objects.order_by("version")}
    counts: Counter[str] = Counter()
    made = []
    for row in rows:
        rule = rule_of(row)
        facts = {
            **row,
            "effective_from": rule.effective_from,
            "effective_to": rule.effective_to,
        }
        held = newest.get(rule.rule_id)
        if held and all(getattr(held, name) == facts[name] for name in FACTS_OF_RULE):
            counts["same"] += 1
            continue
        counts["changed" if held else "new"] += 1
        version = held.version + 1 if held else 1
        made.append(PolicyRule(**facts, version=version, supersedes=held, proposed_by=proposer))
    PolicyRule.objects.bulk_create(made)
    return counts
