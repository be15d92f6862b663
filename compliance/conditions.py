"""What the conditions of a policy rule mean. Pure.

Conditions are data, in a vocabulary of a few words:

    {"all": [...]}  {"any": [...]}  {"not": {...}}
    {"fact": NAME, "is": VALUE}            {"fact": NAME, "in": [VALUES]}
    {"fact": NAME, "in_group": GROUP}      {"fact": NAME, "not_in_group": GROUP}
    {"fact": NAME, "known": true | false}

A fact that holds several values meets a condition when one of them does, `not_in_group` when none
is in the group.

Truth has three values. An unknown fact (None) makes its condition unknown, and unknown travels
through all, any and not as in Kleene's logic; only `known` always answers.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .vocabulary import FACTS, SEVERAL

Facts = Mapping[str, str | None]
#: the countries of a group, None for a group nobody has loaded
Members = Callable[[str], frozenset[str] | None]
Truth = bool | None
Test = Callable[[Facts, Members], Truth]


class MalformedRule(Exception):
    """A rule says something the vocabulary does not have. Names the rule and the key."""


def parse(conditions: Any, *, rule: str) -> Test:
    """Conditions as a function of facts. Raises MalformedRule naming the rule and the key."""
    return _condition(conditions, f"rule {rule}: conditions")


def groups_named(conditions: Any) -> set[str]:
    """Every country group that (well-formed) conditions mention."""
    if isinstance(conditions, list):
        return set().union(*(groups_named(part) for part in conditions))
    if not isinstance(conditions, dict):
        return set()
    named = {conditions[key] for key in ("in_group", "not_in_group") if key in conditions}
    return named.union(*(groups_named(part) for part in conditions.values()))


def facts_named(conditions: Any) -> set[str]:
    """Every fact that (well-formed) conditions ask for."""
    if isinstance(conditions, list):
        return set().union(*(facts_named(part) for part in conditions))
    if not isinstance(conditions, dict):
        return set()
    named = {conditions["fact"]} if "fact" in conditions else set()
    return named.union(*(facts_named(part) for part in conditions.values()))


def _condition(condition: Any, place: str) -> Test:
    if not isinstance(condition, dict):
        raise MalformedRule(f"{place}: expected an object, found {condition!r}")
    if "fact" in condition:
        return _about_a_fact(condition, place)
    if len(condition) != 1 or next(iter(condition)) not in _JOINS:
        raise MalformedRule(f"{place}: expected one of all, any, not or fact in {condition!r}")
    [(word, parts)] = condition.items()
    if word == "not":
        return _not(_condition(parts, f"{place}.not"))
    if not isinstance(parts, list) or not parts:
        raise MalformedRule(f"{place}.{word}: expected a list of at least one condition")
    tests = [_condition(part, f"{place}.{word}[{at}]") for at, part in enumerate(parts)]
    return _JOINS[word](tests)


def _not(test: Test) -> Test:
    def negated(facts: Facts, members: Members) -> Truth:
        truth = test(facts, members)
        return None if truth is None else not truth

    return negated


def _joined(tests: Sequence[Test], decisive: bool) -> Test:
    """`all` is settled by one False, `any` by one True; otherwise one unknown makes it unknown."""

    def join(facts: Facts, members: Members) -> Truth:
        truths = [test(facts, members) for test in tests]
        if decisive in truths:
            return decisive
        return None if None in truths else not decisive

    return join


_JOINS: dict[str, Callable[[Sequence[Test]], Test]] = {
    "all": lambda tests: _joined(tests, decisive=False),
    "any": lambda tests: _joined(tests, decisive=True),
    "not": lambda tests: _not(tests[0]),
}


def _about_a_fact(condition: dict[str, Any], place: str) -> Test:
    name, words = condition["fact"], sorted(set(condition) - {"fact"})
    if not isinstance(name, str) or name not in FACTS:
        raise MalformedRule(f"{place}.fact: {name!r} is not a fact; known are {', '.join(FACTS)}")
    if len(words) != 1 or words[0] not in ("is", "in", "in_group", "not_in_group", "known"):
        raise MalformedRule(
            f"{place}: fact {name} needs exactly one of is, in, in_group, not_in_group, known;"
            f" found {', '.join(words) or 'none'}"
        )
    word, value = words[0], condition[words[0]]
    if word == "known":
        if not isinstance(value, bool):
            raise MalformedRule(f"{place}.known: expected true or false, found {value!r}")
        return lambda facts, members: (facts[name] is not None) == value
    if word in ("is", "in"):
        return _one_of(name, [value] if word == "is" else value, f"{place}.{word}")
    if not isinstance(value, str) or not value:
        raise MalformedRule(f"{place}.{word}: expected the name of a group, found {value!r}")
    test = _in_group(name, value)
    return test if word == "in_group" else _not(test)


def _one_of(name: str, values: Any, place: str) -> Test:
    if not isinstance(values, list) or not values:
        raise MalformedRule(f"{place}: expected a list of at least one value, found {values!r}")
    possible = FACTS[name]
    for value in values:
        if not isinstance(value, str) or (possible is not None and value not in possible):
            raise MalformedRule(f"{place}: {value!r} is not a value that {name} can have")
    accepted = frozenset(values)

    def test(facts: Facts, members: Members) -> Truth:
        fact = facts[name]
        return None if fact is None else not accepted.isdisjoint(_values(name, fact))

    return test


def _in_group(name: str, group: str) -> Test:
    def test(facts: Facts, members: Members) -> Truth:
        fact, countries = facts[name], members(group)
        if fact is None or countries is None:
            return None
        return not countries.isdisjoint(_values(name, fact))

    return test


def _values(name: str, fact: str) -> list[str]:
    return fact.split() if name in SEVERAL else [fact]
