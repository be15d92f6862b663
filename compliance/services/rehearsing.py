"""What new rules would change for cases at hand. Nothing is written."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from compliance.conditions import MalformedRule
from compliance.models import Party, PolicyRule
from compliance.policy import Rulebook, in_order

from .finding import Question
from .freshness import ListState, list_states
from .judging import judge
from .reference import check_rules, rule_of
from .rulebook import rulebook


@dataclass(frozen=True, slots=True)
class Case:
    """A party on its own (no question) or with a rental; `label` names it to the reader."""

    label: str
    party: Party
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a case comes out as now and with the new rules; `rules` are those that make it so."""

    label: str
    before: str
    after: str
    rules: tuple[str, ...]


def rehearse(*, rules: Path, cases: Iterable[Case], at: datetime) -> Iterator[Change]:
    """Every case that would come out otherwise if the file of rules were loaded at that moment.

    The file has the form of compliance/data/policy_rules.json; a rule of a known id would be its
    next version, a rule that is not in the file stays. Raises MalformedRule before the first case.
    """
    book = rulebook()
    rehearsed = _with(book, rules)
    lists = list_states(at=at)
    return _changes(book, rehearsed, cases, lists, at)


def rehearse_rule(*, rule: PolicyRule, cases: Iterable[Case], at: datetime) -> Iterator[Change]:
    """Every case that comes out otherwise with this version in force than without it.

    With it means from today on, though its first day may be later; without it an earlier version
    of the rule stays. Where a later version is in force nothing changes.
    """
    book = rulebook()
    others = [one for one in book.rules if (one.rule_id, one.version) != _version(rule)]
    [mine] = [one for one in book.rules if (one.rule_id, one.version) == _version(rule)]
    began = replace(mine, effective_from=min(mine.effective_from, at.astimezone(UTC).date()))
    without, with_it = replace(book, rules=others), replace(book, rules=in_order([*others, began]))
    return _changes(without, with_it, cases, list_states(at=at), at)


def _version(rule: PolicyRule) -> tuple[str, int]:
    return rule.rule_id, rule.version


def _changes(
    book: Rulebook,
    rehearsed: Rulebook,
    cases: Iterable[Case],
    lists: Sequence[ListState],
    at: datetime,
) -> Iterator[Change]:
    for case in cases:
        judged = judge(party=case.party, question=case.question, lists=lists, book=book, at=at)
        before, after = judged.by(book), judged.by(rehearsed)
        if before.outcome != after.outcome:
            why = [*after.fired, *after.undecided]
            names = {one.rule.rule_id for one in why if one.rule.outcome == after.outcome}
            names |= {one.rule.rule_id for one in after.undecided}
            yield Change(case.label, before.outcome, after.outcome, tuple(sorted(names)))


def _with(book: Rulebook, file: Path) -> Rulebook:
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(rows, list):
            raise TypeError("the file holds no list")
        rules = [rule_of(row) for row in rows]
        check_rules(rows, {one.group for one in book.memberships})
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise MalformedRule(f"{file.name}: is no readable JSON file ({error})") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedRule(
            f"{file.name}: expected a list of rules as in compliance/data/policy_rules.json"
            f" ({type(error).__name__}: {error})"
        ) from error
    newest = {rule.rule_id: rule.version for rule in book.rules}
    changed = [replace(rule, version=newest.get(rule.rule_id, 0) + 1) for rule in rules]
    return replace(book, rules=[*book.rules, *changed])
