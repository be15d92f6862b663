from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from compliance import policy
from compliance.conditions import MalformedRule, groups_named
from compliance.policy import Membership, Rule, Rulebook, compiled

DAY = date(2026, 11, 24)
START = date(2020, 1, 1)
CLEAR: dict[str, str | None] = {
    "asked": "rental",
    "lists": "fresh",
    "name_match": "none",
    "kind": "organisation",
    "registration_number": "201912345Z",
    "country": "SG",
    "hq_country": "SG",
    "parent_name": "Harbour Light",
    "parent_hq_country": "SG",
    "end_use": "inference",
    "end_use_statement": "Serving models.",
    "chip_name": "H100 SXM",
    "chip_class": "3A090.a",
    "site_country": "MY",
}
GROUPS = [Membership("EMBARGO", "KP", START), Membership("D5-HQ", "CN", START)]


def rule(rule_id: str, conditions: Any, outcome: str = "deny", **facts: Any) -> Rule:
    known = {
        "version": 1,
        "effective_from": START,
        "effective_to": None,
        "reason": "",
        "citation": "",
    }
    return Rule(rule_id=rule_id, conditions=conditions, outcome=outcome, **{**known, **facts})


ALLOW = rule("A", {"fact": "asked", "is": "rental"}, "allow")


def outcome(*rules: Rule, days: list[date] | None = None, **facts: str | None) -> str:
    return Rulebook(rules, GROUPS).decide({**CLEAR, **facts}, days or [DAY]).outcome


def truth(conditions: Any, **facts: str | None) -> bool | None:
    test = compiled(rule("T", conditions))
    return test({**CLEAR, **facts}, Rulebook([], GROUPS).law(DAY).groups.get)


@pytest.mark.parametrize(
    ("conditions", "facts", "expected"),
    [
        ({"fact": "hq_country", "is": "SG"}, {}, True),
        ({"fact": "hq_country", "is": "MY"}, {}, False),
        ({"fact": "hq_country", "is": "SG"}, {"hq_country": None}, None),
        ({"fact": "chip_class", "in": ["3A090.a", "3A090.b"]}, {}, True),
        ({"fact": "chip_class", "in": ["below"]}, {"chip_class": None}, None),
        ({"fact": "hq_country", "in_group": "EMBARGO"}, {"hq_country": "KP"}, True),
        ({"fact": "hq_country", "in_group": "EMBARGO"}, {}, False),
        ({"fact": "hq_country", "not_in_group": "EMBARGO"}, {}, True),
        ({"fact": "hq_country", "not_in_group": "EMBARGO"}, {"hq_country": None}, None),
        ({"fact": "hq_country", "not_in_group": "NEVER LOADED"}, {}, None),
        ({"fact": "hq_country", "known": True}, {"hq_country": None}, False),
        ({"fact": "hq_country", "known": False}, {"hq_country": None}, True),
        ({"not": {"fact": "hq_country", "is": "SG"}}, {"hq_country": None}, None),
    ],
)
def test_conditions(conditions: Any, facts: dict[str, Any], expected: bool | None) -> None:
    assert truth(conditions, **facts) is expected


YES, NO = {"fact": "asked", "is": "rental"}, {"fact": "asked", "is": "party"}
UNKNOWN = {"fact": "end_use", "is": "military"}


@pytest.mark.parametrize(
    ("join", "parts", "expected"),
    [
        ("all", [YES, YES], True),
        ("all", [YES, NO], False),
        ("all", [YES, UNKNOWN], None),
        ("all", [NO, UNKNOWN], False),
        ("any", [NO, NO], False),
        ("any", [NO, YES], True),
        ("any", [NO, UNKNOWN], None),
        ("any", [YES, UNKNOWN], True),
    ],
)
def test_three_valued_joins(join: str, parts: list[Any], expected: bool | None) -> None:
    assert truth({join: parts}, end_use=None) is expected


@pytest.mark.parametrize(
    ("conditions", "told"),
    [
        ({}, "rule T: conditions: expected one of all, any, not or fact"),
        ("x", "rule T: conditions: expected an object, found 'x'"),
        ({"all": []}, r"rule T: conditions.all: expected a list of at least one"),
        ({"all": [YES, {"alll": []}]}, r"rule T: conditions.all\[1\]: expected one of"),
        ({"fact": "shoe_size", "is": "9"}, "conditions.fact: 'shoe_size' is not a fact; known are"),
        ({"fact": "country"}, "fact country needs exactly one of .* found none"),
        ({"fact": "country", "is": "SG", "in": []}, "found in, is"),
        ({"fact": "country", "equals": "SG"}, "found equals"),
        ({"fact": "chip_class", "is": "3A090a"}, "'3A090a' is not a value that chip_class can"),
        ({"fact": "chip_class", "in": "below"}, "conditions.in: expected a list"),
        ({"fact": "country", "known": "yes"}, "conditions.known: expected true or false"),
        ({"fact": "country", "in_group": 5}, "conditions.in_group: expected the name of a group"),
        ({"not": [YES]}, "rule T: conditions.not: expected an object"),
    ],
)
def test_a_malformed_rule_names_rule_and_key(conditions: Any, told: str) -> None:
    with pytest.raises(MalformedRule, match=told):
        compiled(rule("T", conditions))
    with pytest.raises(MalformedRule, match=told):
        outcome(ALLOW, rule("T", conditions))


def test_an_unknown_outcome_is_malformed() -> None:
    with pytest.raises(MalformedRule, match="rule T: outcome 'maybe' is not known"):
        compiled(rule("T", YES, "maybe"))


def test_no_rule_is_no_permission() -> None:
    assert outcome() == "manual_review"
    assert outcome(rule("A", NO, "allow")) == "manual_review"
    assert outcome(ALLOW) == "allow"
    assert Rulebook([ALLOW], []).decide(CLEAR, []).outcome == "manual_review"


def test_the_most_restrictive_outcome_wins() -> None:
    order = ["allow", "manual_review", "licence_required", "deny_temporary", "deny"]
    rules = [rule(str(number), YES, name) for number, name in enumerate(order)]
    for number, name in enumerate(order):
        assert outcome(*rules[: number + 1]) == name
        assert outcome(*reversed(rules[: number + 1])) == name


NEEDED = rule("N", YES, "licence_required")
LICENSED = rule("L", {"fact": "licence", "is": "covers"}, "allow_licence")


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([NEEDED], "allow_licence"),
        ([NEEDED, ALLOW], "allow_licence"),
        ([NEEDED, rule("M", YES, "licence_required")], "allow_licence"),
        ([ALLOW], "allow"),
        ([], "manual_review"),
        ([NEEDED, rule("R", YES, "manual_review")], "manual_review"),
        ([NEEDED, rule("T", YES, "deny_temporary")], "deny_temporary"),
        ([NEEDED, rule("D", YES, "deny")], "deny"),
        ([NEEDED, rule("U", {"fact": "hq_country", "in_group": "NONE"}, "deny")], "manual_review"),
    ],
)
def test_a_licence_discharges_what_requires_one_and_nothing_else(others, expected) -> None:
    assert outcome(LICENSED, *others, licence="covers") == expected
    assert outcome(LICENSED, *others, licence="none") == outcome(*others)


def test_a_licence_counts_on_the_days_on_which_its_rule_does() -> None:
    until = replace(LICENSED, effective_to=DAY)
    later = date(2026, 11, 25)
    assert outcome(NEEDED, until, licence="covers", days=[DAY]) == "allow_licence"
    assert outcome(NEEDED, until, licence="covers", days=[DAY, later]) == "licence_required"
    needed_later = replace(NEEDED, effective_from=later)
    days = [DAY, later]
    assert outcome(ALLOW, needed_later, LICENSED, licence="covers", days=days) == "allow_licence"


def test_whether_it_is_licensed_being_unknown_withholds_nothing_else() -> None:
    assert outcome(ALLOW, LICENSED, licence=None) == "allow"
    assert outcome(ALLOW, NEEDED, LICENSED, licence=None) == "licence_required"


def test_an_unknown_fact_never_allows_even_if_the_allowing_rule_forgot_it() -> None:
    embargo = rule("E", {"fact": "hq_country", "in_group": "EMBARGO"})
    assert outcome(ALLOW, embargo) == "allow"
    assert outcome(ALLOW, embargo, hq_country="KP") == "deny"
    verdict = Rulebook([ALLOW, embargo], GROUPS).decide({**CLEAR, "hq_country": None}, [DAY])
    assert verdict.outcome == "manual_review"
    assert [one.rule.rule_id for one in verdict.undecided] == ["E"]
    assert Rulebook([ALLOW, embargo], []).decide(CLEAR, [DAY]).outcome == "manual_review"


def test_a_rule_counts_from_its_first_to_its_last_day() -> None:
    ban = rule("B", YES, effective_from=date(2026, 12, 1), effective_to=date(2026, 12, 31))
    days = [date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [outcome(ALLOW, ban, days=[day]) for day in days] == ["allow", "deny", "deny", "allow"]


def test_a_window_across_a_change_is_decided_on_both_sides() -> None:
    ban = rule("B", YES, effective_from=date(2026, 12, 1), effective_to=date(2026, 12, 31))
    book = Rulebook([ALLOW, ban], GROUPS)
    assert book.changes(DAY, date(2027, 2, 1)) == [date(2026, 12, 1), date(2027, 1, 1)]
    assert book.changes(date(2026, 12, 1), date(2026, 12, 31)) == []
    days = [DAY, *book.changes(DAY, date(2027, 2, 1))]
    verdict = book.decide(CLEAR, days)
    assert verdict.outcome == "deny"
    assert [(one.rule.rule_id, one.day) for one in verdict.fired] == [
        ("A", DAY),
        ("B", date(2026, 12, 1)),
    ]


def test_a_country_joins_a_group_on_a_day() -> None:
    ban = rule("E", {"fact": "country", "in_group": "EMBARGO"})
    groups = [*GROUPS, Membership("EMBARGO", "SG", date(2026, 12, 1))]
    book = Rulebook([ALLOW, ban], groups)
    assert book.decide(CLEAR, [date(2026, 11, 30)]).outcome == "allow"
    assert book.decide(CLEAR, [date(2026, 11, 30), date(2026, 12, 1)]).outcome == "deny"
    assert book.changes(DAY, date(2027, 1, 1)) == [date(2026, 12, 1)]


def test_a_version_replaces_the_lower_one_from_its_first_day_on() -> None:
    first = rule("B", YES, "deny")
    later = replace(first, version=2, outcome="manual_review", effective_from=date(2026, 12, 1))
    gone = replace(first, version=2, effective_to=date(2026, 1, 1))
    assert outcome(ALLOW, first, later, days=[date(2026, 11, 30)]) == "deny"
    assert outcome(ALLOW, first, later, days=[date(2026, 12, 1)]) == "manual_review"
    assert outcome(ALLOW, first, gone) == "allow"


def test_the_hash_is_of_the_content_not_of_the_order() -> None:
    other = rule("B", NO)
    book = Rulebook([ALLOW, other], GROUPS, {"H100": "3A090.a"})
    assert book.hash == Rulebook([other, ALLOW], GROUPS[::-1], {"H100": "3A090.a"}).hash
    assert book.hash != Rulebook([ALLOW, other], GROUPS, {"H100": "below"}).hash
    assert book.hash != Rulebook([ALLOW, other], GROUPS[:1], {"H100": "3A090.a"}).hash
    assert book.hash != Rulebook([ALLOW, replace(other, outcome="allow")], GROUPS).hash
    assert len(book.hash) == 64


def test_groups_named() -> None:
    conditions = {"all": [{"fact": "country", "in_group": "X"}, {"not": {"any": [
        {"fact": "country", "not_in_group": "Y"}, YES]}}]}  # fmt: skip
    assert groups_named(conditions) == {"X", "Y"}


def test_what_is_kept_of_a_book_is_told_apart_by_facts_day_and_reviews(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same answer as from a book that was never asked, also once too much was kept."""
    monkeypatch.setattr(policy, "MOST_KEPT", 3)
    later = rule("L", {"fact": "end_use", "is": "inference"}, effective_from=date(2026, 12, 1))
    review = rule("R", {"fact": "site_country", "is": "MY"}, "manual_review")
    rules = (ALLOW, later, review)
    book = Rulebook(rules, GROUPS)
    asked = [
        ({**CLEAR, **facts}, [day], reviewed)
        for facts in ({}, {"site_country": "SG"}, {"end_use": None})
        for day in (DAY, date(2026, 12, 1))
        for reviewed in ((), [("R", 1)])
    ]
    for facts, days, reviewed in [*asked, *asked]:
        assert book.decide(facts, days, reviewed) == Rulebook(rules, GROUPS).decide(
            facts, days, reviewed
        )
    assert len({book.decide(*one).outcome for one in asked}) == 3
    assert len(book._verdicts) <= 3
