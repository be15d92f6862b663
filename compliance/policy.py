"""Which outcome the rules give for a set of facts. Pure: rules, groups and facts in, a verdict out.

A rule fires when its conditions are true. A restrictive rule whose conditions are unknown, because
a fact is, withholds ALLOW: nothing is allowed on missing facts even where the allowing rule forgot
to ask for them. When no rule fires the outcome is manual review.

A rule with the outcome `allow_licence` says when a licence in the register stands in for the one
that is required. On a day on which both fire the required licence is discharged, and whatever else
fires still binds; on a day on which none is required it permits nothing.

A rule that asks for a review counts no longer once the review is done: it then neither fires nor
allows. Nothing else can be done with: another outcome, a rule that lacks facts, or no rule at all.
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from .bands import Band, bands_on
from .conditions import Facts, MalformedRule, Test, facts_named, parse
from .matching import Bands

ALLOW, LICENSED, REVIEW, UNLICENSED = "allow", "allow_licence", "manual_review", "licence_required"
#: the most restrictive outcome wins
SEVERITY = {ALLOW: 0, LICENSED: 1, REVIEW: 2, UNLICENSED: 3, "deny_temporary": 4, "deny": 5}
#: a rule with one of these that lacks facts withholds nothing
PERMITTING = (ALLOW, LICENSED)


#: a rule by its id and version
Version = tuple[str, int]
#: facts, a day, and the rules whose review is done
Asked = tuple[frozenset[tuple[str, str | None]], date, frozenset[Version]]
#: verdicts kept of a book at once
MOST_KEPT = 1000


@dataclass(frozen=True)
class Rule:
    rule_id: str
    version: int
    effective_from: date
    effective_to: date | None
    conditions: Any
    outcome: str
    reason: str
    citation: str

    def covers(self, day: date) -> bool:
        return self.effective_from <= day <= (self.effective_to or date.max)

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """What it asks for, by name: said in every decision that it has a part in."""
        return tuple(sorted(facts_named(self.conditions)))


@dataclass(frozen=True, slots=True)
class Membership:
    """A country belongs to a group from the first day to the last, both included."""

    group: str
    country: str
    effective_from: date
    effective_to: date | None = None

    def covers(self, day: date) -> bool:
        return self.effective_from <= day <= (self.effective_to or date.max)


@dataclass(frozen=True, slots=True)
class Fired:
    rule: Rule
    day: date


@dataclass(frozen=True, slots=True)
class Verdict:
    """`fired`: each rule once, with its first day; `undecided`: restrictive rules lacking facts.

    `reviewed`: those that would have fired, had not a person looked already.
    """

    outcome: str
    fired: tuple[Fired, ...]
    undecided: tuple[Fired, ...]
    reviewed: tuple[Fired, ...] = ()


@dataclass(frozen=True, slots=True)
class Law:
    """What is in force between two changes: rules ready to be asked, and the groups' countries."""

    tests: Sequence[tuple[Rule, Test]]
    groups: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Rulebook:
    """All that decisions rest on: versions of rules and bands, country groups, chip classes."""

    rules: Sequence[Rule]
    memberships: Sequence[Membership]
    chips: Mapping[str, str] = field(default_factory=dict)
    bands: Sequence[Band] = ()

    @cached_property
    def content(self) -> str:
        """Everything in the book as one text, whatever its order."""
        content = {
            "rules": sorted(map(_text, self.rules)),
            "groups": sorted(map(_text, self.memberships)),
            "chips": dict(self.chips),
        }
        if self.bands:  # books kept before there were any must keep their hash
            content["bands"] = sorted(map(_text, self.bands))
        return json.dumps(content, sort_keys=True)

    @cached_property
    def hash(self) -> str:
        """SHA-256 over everything in the book."""
        return hashlib.sha256(self.content.encode()).hexdigest()

    @classmethod
    def from_content(cls, text: str) -> "Rulebook":
        """The book that once gave this text."""
        content = json.loads(text)
        return cls(
            in_order(Rule(**_read(row)) for row in content["rules"]),
            [Membership(**_read(row)) for row in content["groups"]],
            content["chips"],
            [Band(**_read(row)) for row in content.get("bands", [])],
        )

    def in_force(self, day: date) -> list[Rule]:
        """Per rule the highest version that has begun by that day, if it has not ended."""
        newest: dict[str, Rule] = {}
        for rule in self.rules:
            held = newest.get(rule.rule_id)
            if rule.effective_from <= day and (held is None or rule.version > held.version):
                newest[rule.rule_id] = rule
        return [rule for rule in newest.values() if rule.covers(day)]

    def bands_on(self, day: date) -> Bands:
        """From which scores on a name counts on that day."""
        return bands_on(day, self.bands)

    def changes(self, first: date, last: date) -> list[date]:
        """Days after `first`, up to and including `last`, on which the law in force changes."""
        return [day for day in self._turns if first < day <= last]

    @cached_property
    def _turns(self) -> list[date]:
        """Every day on which a rule, membership or band begins, or one has ended the day before."""
        rows: list[Rule | Membership] = [*self.rules, *self.memberships]
        begun = {row.effective_from for row in [*rows, *self.bands]}
        over = {row.effective_to + timedelta(days=1) for row in rows if row.effective_to}
        return sorted(begun | over)

    @cached_property
    def _laws(self) -> dict[int, Law]:
        """By the number of turns up to a day: a book never changes, so each is made out once."""
        return {}

    def law(self, day: date) -> Law:
        """What is in force on that day. Raises MalformedRule."""
        turn = bisect_right(self._turns, day)
        if turn not in self._laws:
            self._laws[turn] = self._law_of(day)
        return self._laws[turn]

    def _law_of(self, day: date) -> Law:
        groups: dict[str, set[str]] = {row.group: set() for row in self.memberships}
        for row in self.memberships:
            if row.covers(day):
                groups[row.group].add(row.country)
        return Law(
            [(rule, compiled(rule)) for rule in self.in_force(day)],
            {group: frozenset(countries) for group, countries in groups.items()},
        )

    def decide(
        self, facts: Facts, days: Iterable[date], reviewed: Collection[Version] = ()
    ) -> Verdict:
        """The most restrictive outcome over the given days.

        A day on which no rule fires gives manual review. `reviewed` are rules whose review is done.
        Raises MalformedRule.
        """
        verdicts = [self._on(facts, day, reviewed) for day in days]
        return Verdict(
            max((one.outcome for one in verdicts), key=_severity, default=REVIEW),
            _once(fired for one in verdicts for fired in one.fired),
            _once(fired for one in verdicts for fired in one.undecided),
            _once(fired for one in verdicts for fired in one.reviewed),
        )

    @cached_property
    def _verdicts(self) -> dict[Asked, Verdict]:
        """By all that a verdict follows from: of many rentals of one party that is the same."""
        return {}

    def _on(self, facts: Facts, day: date, reviewed: Collection[Version]) -> Verdict:
        key = frozenset(facts.items()), day, frozenset(reviewed)
        known = self._verdicts.get(key)
        if known is None:
            if len(self._verdicts) >= MOST_KEPT:
                self._verdicts.clear()
            known = self._verdicts[key] = self._judged(facts, day, reviewed)
        return known

    def _judged(self, facts: Facts, day: date, reviewed: Collection[Version]) -> Verdict:
        fired, undecided, done = [], [], []
        law = self.law(day)
        for rule, test in law.tests:
            # a group that nobody has loaded is None: unknown, not empty
            truth = test(facts, law.groups.get)
            if truth and rule.outcome == REVIEW and (rule.rule_id, rule.version) in reviewed:
                done.append(Fired(rule, day))
            elif truth:
                fired.append(Fired(rule, day))
            elif truth is None and rule.outcome not in PERMITTING:
                undecided.append(Fired(rule, day))
        outcomes = _discharged([one.rule.outcome for one in fired])
        if undecided or not outcomes:
            outcomes.append(REVIEW)
        worst = max(outcomes, key=_severity)
        return Verdict(worst, tuple(fired), tuple(undecided), tuple(done))


def _discharged(outcomes: list[str]) -> list[str]:
    """A licence takes the place of the one that is required, and does nothing else."""
    spent = UNLICENSED if {LICENSED, UNLICENSED} <= set(outcomes) else LICENSED
    return [outcome for outcome in outcomes if outcome != spent]


def in_order(rules: Iterable[Rule]) -> list[Rule]:
    """By id and version: decisions list what fired in this order, on every database alike."""
    return sorted(rules, key=lambda rule: (rule.rule_id, rule.version))


def compiled(rule: Rule) -> Test:
    """The rule's conditions as a function. Raises MalformedRule naming the rule and the key."""
    if rule.outcome not in SEVERITY:
        raise MalformedRule(f"rule {rule.rule_id}: outcome {rule.outcome!r} is not known")
    return parse(rule.conditions, rule=rule.rule_id)


def _text(row: Rule | Membership | Band) -> str:
    # asdict would copy every condition, and a book is hashed for every decision
    return json.dumps({name: getattr(row, name) for name in row.__dataclass_fields__}, default=str)


def _read(text: str) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(text)
    for name in row.keys() & {"effective_from", "effective_to"}:
        row[name] = date.fromisoformat(row[name]) if row[name] else None
    return row


def _severity(outcome: str) -> int:
    return SEVERITY[outcome]


def _once(fired: Iterable[Fired]) -> tuple[Fired, ...]:
    first: dict[tuple[str, int], Fired] = {}
    for one in fired:
        first.setdefault((one.rule.rule_id, one.rule.version), one)
    return tuple(first.values())
