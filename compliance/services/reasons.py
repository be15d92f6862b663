"""What a decision says of itself, for staff: facts, rules with citation, matches with scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compliance.licences import Licensed
from compliance.matching import Answer, Match
from compliance.policy import Fired, Verdict

from .freshness import ListState


@dataclass(frozen=True, slots=True)
class Asked:
    """One of the party's names with the field it stands in, and what the lists say to it."""

    field: str
    answer: Answer


def reasons(
    verdict: Verdict,
    facts: Mapping[str, str | None],
    asked: Sequence[Asked],
    lists: Sequence[ListState],
) -> dict[str, Any]:
    """The JSON kept with the decision; its keys only ever grow."""
    return {
        "sentence": _sentence(verdict, asked),
        "facts": dict(facts),
        "rules": [_told(fired) for fired in verdict.fired],
        "undecided": [_told(fired) for fired in verdict.undecided],
        "names": [
            {
                "field": one.field,
                "band": one.answer.band,
                "problem": one.answer.problem,
                "matches": [_matched(match) for match in one.answer.matches],
            }
            for one in asked
        ],
        "lists": {
            one.code: {"state": one.state, "expires": one.expires and one.expires.isoformat()}
            for one in lists
        },
    }


def licence_told(licensed: Licensed, gpus: int) -> dict[str, Any] | None:
    """The licences that cover the rental and what was drawn on each, which a replay rests on."""
    if not licensed.considered:
        return None
    return {
        "gpus": gpus,
        "considered": [
            {
                "licence": one.licence["public_id"],
                "number": one.licence["number"],
                "used": one.used._asdict(),
                "enough": one.enough,
            }
            for one in licensed.considered
        ],
    }


def _matched(match: Match) -> dict[str, Any]:
    return {
        "score": match.score,
        "source": match.listed.source,
        "uid": match.listed.uid,
        "entry_hash": match.listed.content_hash,
        "listed_name": match.listed.name,
        "name_kind": match.listed.name_kind,
        "reasons": list(match.reasons),
    }


def _told(fired: Fired) -> dict[str, Any]:
    return {
        "rule": fired.rule.rule_id,
        "version": fired.rule.version,
        "outcome": fired.rule.outcome,
        "reason": fired.rule.reason,
        "citation": fired.rule.citation,
        "on": fired.day.isoformat(),
    }


def _sentence(verdict: Verdict, asked: Sequence[Asked]) -> str:
    """One plain text for staff: why it came out so, and the best match if there is one."""
    why = [one.rule.reason for one in verdict.fired if one.rule.outcome == verdict.outcome]
    if not why and verdict.undecided:
        lacking = ", ".join(one.rule.rule_id for one in verdict.undecided)
        why = [f"Facts are missing that these rules ask for: {lacking}."]
    best = max(
        (match for one in asked for match in one.answer.matches),
        key=lambda match: match.score,
        default=None,
    )
    if best:
        why.append(
            f"{best.query!r} is like {best.listed.name!r} ({best.listed.source}"
            f" {best.listed.uid}) with score {best.score:.2f}: {', '.join(best.reasons)}."
        )
    return " ".join(why) or "No rule spoke about this case."
