"""A verdict is proposed by one officer and takes effect on the signatures of two."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from compliance import casework
from compliance.models import Case, CaseDecision, CaseEvent, Content, Decision, EventKind, Party
from compliance.states import MOVES, CaseState
from marketplace.core.states import IllegalMove, move

from .clearing import grant
from .officers import APPROVE, WORK, Officer, refuse_own, require, signed
from .opening import UPHOLD, latest_decision, note
from .working import live, words

#: likenesses are none; a review that rules ask for is done; facts were corrected or evidence
#: recorded; it stays as it is
CLEAR, REVIEWED, SETTLED = "clear", "reviewed", "settled"
VERDICTS = {
    CLEAR: "false positive: these listed parties are somebody else",
    REVIEWED: "review done: these rules ask for it and a person has looked",
    SETTLED: "settled: the facts were corrected or the evidence is recorded",
    UPHOLD: "upheld: it stays as it is",
}
NEEDED = 2


class SignedAlready(Exception):
    """This officer has signed under this proposal already."""


def likenesses(decision: Decision) -> list[dict[str, str]]:
    """Every likeness of the decision that counts and can be cleared: who, and which entry."""
    found: dict[str, dict[str, str]] = {}
    for one in decision.reasons["names"]:
        for match in one["matches"]:
            if "cleared" not in match and one.get("subject"):
                key = f"{one['subject']} {match['source']} {match['uid']}"
                # the party may bear the name in several fields: they are one likeness
                found.setdefault(key, _likeness(one, match, decision.scorer))
    return list(found.values())


def _likeness(name: dict[str, Any], match: dict[str, Any], scorer: str) -> dict[str, str]:
    return {
        "subject_sha256": name["subject"],
        "subject": name["field"],
        "source": match["source"],
        "entry_uid": match["uid"],
        "entry_sha256": match["entry_hash"],
        "scorer": scorer,
    }


def reviews(decision: Decision, *, everywhere: bool = False) -> list[dict[str, Any]]:
    """Every rule of the decision whose review can be done, for its chip and site or for all."""
    content = Content.objects.get(sha256=bytes(decision.party_hash).hex())
    return [
        {
            "facts_sha256": Party.facts_hash(content.text),
            "rule_id": rule["rule"],
            "rule_version": rule["version"],
            "chip": "" if everywhere or decision.chip is None else decision.chip.name,
            "site_country": "" if everywhere else decision.site_country,
        }
        for rule in casework.reviewable(decision.reasons)
    ]


def propose_verdict(
    *,
    case: Case,
    by: Officer,
    verdict: str,
    reason: str,
    at: datetime,
    entries: Sequence[dict[str, str]] = (),
    rules: Sequence[dict[str, Any]] = (),
) -> CaseEvent:
    """Propose what two officers may then sign. Raises NotAnOfficer, ValidationError, IllegalMove.

    `entries` (of `likenesses`) are what `clear` clears, `rules` (of `reviews`) what `reviewed`
    does with; both must belong to the newest decision of the case.
    """
    require(by, WORK)
    refuse_own(by, case)
    reason = words(reason, "reason")
    with transaction.atomic():
        row = live(case)
        detail = {"verdict": verdict, "entries": list(entries), "rules": list(rules)}
        _check(detail, latest_decision(row))
        proposal = note(row, EventKind.PROPOSED, at=at, text=reason, detail=detail, **signed(by))
        move(row, CaseState.PROPOSED, table=MOVES, proposal=proposal)
    return proposal


def approve_verdict(*, case: Case, by: Officer, reason: str, at: datetime) -> Case:
    """Sign for the proposed verdict; the second signature decides the case and takes effect.

    Raises NotAnOfficer, ValidationError, IllegalMove, SignedAlready; then nothing was written.
    """
    with transaction.atomic():
        row, proposal = _signed(case, by, "approve", reason, at)
        note(row, EventKind.APPROVED, at=at, text=reason.strip(), **signed(by))
        signatures = proposal.signatures.filter(verdict="approve").order_by("pk")
        officers = [one.actor for one in signatures]
        if len(officers) >= NEEDED:
            move(row, CaseState.DECIDED, table=MOVES)
            note(row, EventKind.DECIDED, at=at, detail={"verdict": proposal.detail["verdict"]})
            grant(row, proposal, officers, at)
    return row


def reject_verdict(*, case: Case, by: Officer, reason: str, at: datetime) -> Case:
    """Sign against the proposed verdict: the case goes back to be worked on. Raises as approving"""
    with transaction.atomic():
        row, _ = _signed(case, by, "reject", reason, at)
        note(row, EventKind.REJECTED, at=at, text=reason.strip(), **signed(by))
        move(row, CaseState.ASSIGNED, table=MOVES)
    return row


def _signed(
    case: Case, by: Officer, verdict: str, reason: str, at: datetime
) -> tuple[Case, CaseEvent]:
    require(by, APPROVE)
    refuse_own(by, case)
    reason = words(reason, "reason")
    row = live(case)
    if row.state != CaseState.PROPOSED or row.proposal is None:
        raise IllegalMove(f"case {row.public_id} is {row.state}: no verdict is proposed")
    role = "proposer" if row.proposal.actor == by.public_id else "other"
    try:
        with transaction.atomic():
            CaseDecision.objects.create(
                case=row, proposal=row.proposal, verdict=verdict, role=role, reason=reason, at=at,
                **signed(by),
            )  # fmt: skip
    except IntegrityError as error:
        if "case_signed_once" not in str(error):
            raise
        raise SignedAlready(
            f"{by.get_username()} has signed already; another officer must"
        ) from error
    return row, row.proposal


def _check(detail: dict[str, Any], decision: Decision) -> None:
    """Raise ValidationError for a verdict that rests on what the decision does not say."""
    verdict, entries, rules = detail["verdict"], detail["entries"], detail["rules"]
    if verdict not in VERDICTS:
        raise ValidationError({"verdict": f"Choose one of {', '.join(VERDICTS)}."})
    if bool(entries) != (verdict == CLEAR):
        raise ValidationError({"entries": "Choose the entries to clear, and only for clearing."})
    if bool(rules) != (verdict == REVIEWED):
        raise ValidationError({"rules": "Choose the rules, and only for a review."})
    known = likenesses(decision)
    if any(one not in known for one in entries):
        raise ValidationError({"entries": "The newest decision knows no such likeness any more."})
    possible = [*reviews(decision), *reviews(decision, everywhere=True)] if rules else []
    if any(one not in possible for one in rules):
        raise ValidationError({"rules": "The newest decision knows no such review any more."})
