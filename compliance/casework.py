"""What a decision's reasons make of a case: its kind, its risk, and what there is to look at. Pure.

All of it is read from the JSON that a decision keeps (see services/reasons.py).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

Reasons = Mapping[str, Any]

NAME, OWNERSHIP, RENTAL = "name_match", "ownership", "rental"
INFORMATION, RED_FLAG, FLIP = "information", "red_flag", "flip"
CRITICAL, HIGH, MEDIUM, LOW = "critical", "high", "medium", "low"

#: from the gravest; hours to decide until somebody sets others
HOURS: Final = {CRITICAL: 4, HIGH: 24, MEDIUM: 72, LOW: 120}
LIKENESS: Final = ("name_match", "owner_match", "director_match")
#: facts that follow from the lists: what these say is cleared entry by entry, never by rule
FROM_LISTS: Final = frozenset(
    {*LIKENESS, "listed_as", "blocked_ownership", "export_ownership", "listed_ownership"}
)
_OF_RENTAL = frozenset({"chip_name", "chip_class", "site_country", "machine_trust"})
_OF_OWNERSHIP = frozenset(FROM_LISTS - {"name_match", "listed_as"} | {"control_chain"})
_FINE = ("", "none", "known")


def kind_of(reasons: Reasons) -> str:
    """What an officer looks at first. An unknown fact is a matter of information."""
    facts, about = reasons["facts"], set()
    for rule in counting(reasons):
        about |= set(rule.get("facts", ()))
    told = {name for name in about if facts.get(name) not in (None, *_FINE)}
    if told & {"name_match", "listed_as"}:
        return NAME
    if about & _OF_RENTAL:
        return RENTAL
    if told & _OF_OWNERSHIP:
        return OWNERSHIP
    unknown = any(facts.get(name) is None for name in about)
    return INFORMATION if unknown or not about else RED_FLAG


def risk_of(outcome: str, reasons: Reasons) -> str:
    """A match before a name that cannot be compared, before a likeness, before missing facts."""
    bands = {reasons["facts"].get(name) for name in LIKENESS}
    if outcome == "deny" or "match" in bands:
        return CRITICAL
    if "unscreenable" in bands:
        return HIGH
    return MEDIUM if "possible" in bands else LOW


def graver(one: str, other: str) -> str:
    ranks = list(HOURS)
    return min(one, other, key=ranks.index)


def keys_of(reasons: Reasons, *, chip: str, site_country: str) -> list[str]:
    """Each thing to look at by a name of its own, so that what is new can be told."""
    where = f" for {chip or 'no chip'} in {site_country or 'no country'}"
    found = {*_of_names(reasons["names"])}
    for group, called in (("rules", "rule"), ("undecided", "undecided rule")):
        for rule in counting(reasons, group):
            about_rental = _OF_RENTAL & set(rule.get("facts", ()))
            named = f"{called} {rule['rule']} v{rule['version']}"
            found.add(named + where if about_rental else named)
    return sorted(found)


def _of_names(names: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for one in names:
        for match in one["matches"]:
            if "cleared" not in match:
                entry = f"{match['source']} {match['uid']} {match['entry_hash']}"
                yield f"{one['field']} is like {entry}"
        if one["band"] == "unscreenable":
            yield f"{one['field']} cannot be compared"


def spoken(key: str) -> str:
    """A name of `keys_of` for a reader: without the hash of the entry, fields in words."""
    who, is_like, entry = key.partition(" is like ")
    if not is_like:
        return key.replace("_", " ")
    return f"{who.replace('_', ' ')} is like {entry.rpartition(' ')[0]}"


def counting(reasons: Reasons, group: str = "") -> list[Mapping[str, Any]]:
    """The rules that stand against it: those that fired, those that lack facts, or both."""
    groups = [group] if group else ["rules", "undecided"]
    rules = (rule for name in groups for rule in reasons[name])
    return [rule for rule in rules if not rule["outcome"].startswith("allow")]


def reviewable(reasons: Reasons) -> list[Mapping[str, Any]]:
    """Rules that fired, ask for a person to look, and rest on no list."""
    return [
        rule
        for rule in counting(reasons, "rules")
        if rule["outcome"] == "manual_review"
        and "facts" in rule
        and not FROM_LISTS & set(rule["facts"])
    ]
