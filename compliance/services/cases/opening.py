"""A decision that a person must look at opens a case, in its own transaction."""

from datetime import datetime, timedelta
from typing import Any

from compliance import casework
from compliance.models import (
    Case,
    CaseDeadline,
    CaseEvent,
    CaseKind,
    Decision,
    EventKind,
    Outcome,
    Party,
)
from compliance.models.reference import PERMITTING
from compliance.states import CaseState

SYSTEM = "system"
#: a verdict under which the same reasons about the same facts open no new case
UPHOLD = "uphold"


def follow(decision: Decision) -> None:
    """Open a case for the decision, or add to the one that is open, if it needs a person.

    A first refusal needs none, unless a name is only like a listed one or cannot be compared; a
    refusal of who was allowed the same before does. To be called in the decision's transaction.
    """
    kind = _needed(decision)
    if kind is None:
        return
    _lock(decision.party_id)
    keys = keys_of(decision)
    case = Case.objects.live().filter(party=decision.party_id, kind=kind).first()
    if case:
        _recur(case, decision, keys)
    elif not _upheld(decision, kind, keys):
        _open(decision, kind, keys)


def case_for(decision: Decision) -> Case:
    """The open case of the party that is due first; one about this decision if there is none.

    To be called in a transaction.
    """
    _lock(decision.party_id)
    live = Case.objects.live().filter(party=decision.party_id).order_by("deadline", "pk").first()
    return live or _open(decision, casework.kind_of(decision.reasons), keys_of(decision))


def keys_of(decision: Decision) -> list[str]:
    """All there is to look at, each by a name of its own."""
    chip = decision.chip.name if decision.chip else ""
    return casework.keys_of(decision.reasons, chip=chip, site_country=decision.site_country)


def note(
    case: Case,
    kind: EventKind,
    *,
    at: datetime,
    actor: Any = None,
    actor_label: str = SYSTEM,
    **content: Any,
) -> CaseEvent:
    """Append one event."""
    return CaseEvent.objects.create(
        case=case, kind=kind, at=at, actor=actor, actor_label=actor_label, **content
    )


def _needed(decision: Decision) -> str | None:
    if decision.outcome in (Outcome.MANUAL_REVIEW, Outcome.LICENCE_REQUIRED):
        return casework.kind_of(decision.reasons)
    if decision.outcome != Outcome.DENY:
        return None
    if _was_allowed(decision):
        return CaseKind.FLIP
    unsure = decision.reasons["facts"]["name_match"] in ("possible", "unscreenable")
    return CaseKind.NAME if unsure else None


def _was_allowed(decision: Decision) -> bool:
    """Whether the party was ever allowed the same: this chip there, or nothing but itself."""
    return Decision.objects.filter(
        party=decision.party_id,
        chip=decision.chip_id,
        site_country=decision.site_country,
        during__isnull=decision.during is None,
        outcome__in=PERMITTING,
    ).exists()


def _lock(party_id: int) -> None:
    """Cases about one party are opened one after the other."""
    Party.objects.select_for_update(no_key=True).get(pk=party_id)


def _upheld(decision: Decision, kind: str, keys: list[str]) -> bool:
    """Whether two people have said already that these reasons stand, of the party as it is."""
    last = Case.objects.filter(party=decision.party_id, kind=kind).order_by("-pk").first()
    if last is None or last.proposal is None or last.proposal.detail["verdict"] != UPHOLD:
        return False
    return _seen_alike(last, decision) and set(keys) <= set(last.reasons)


def latest_decision(case: Case) -> Decision:
    """The newest decision that the case has heard of: what officers look at and decide on."""
    event = case.events.filter(decision__isnull=False).select_related("decision__chip").latest("pk")
    assert event.decision is not None  # noqa: S101  filtered
    return event.decision


def _seen_alike(case: Case, decision: Decision) -> bool:
    """Whether the case knows the party as this decision does, by the same scorer."""
    seen = latest_decision(case)
    return (bytes(seen.party_hash), seen.scorer) == (bytes(decision.party_hash), decision.scorer)


def _open(decision: Decision, kind: str, keys: list[str]) -> Case:
    risk = casework.risk_of(decision.outcome, decision.reasons)
    case = Case.objects.create(
        party_id=decision.party_id,
        kind=kind,
        state=CaseState.OPEN,
        risk=risk,
        decision=decision,
        reasons=keys,
        opened_at=decision.decided_at,
        deadline=decision.decided_at + _allowed(risk),
    )
    note(
        case,
        EventKind.OPENED,
        at=decision.decided_at,
        decision=decision,
        detail={"risk": risk, "reasons": keys},
    )
    return case


def _recur(case: Case, decision: Decision, keys: list[str]) -> None:
    """New reasons join the case and may make it more urgent, a changed party is noted too.

    What is known already says nothing.
    """
    new = [key for key in keys if key not in case.reasons]
    if not new and _seen_alike(case, decision):
        return
    case.reasons = [*case.reasons, *new]
    case.risk = casework.graver(case.risk, casework.risk_of(decision.outcome, decision.reasons))
    case.deadline = min(case.deadline, decision.decided_at + _allowed(case.risk))
    case.save(update_fields=["reasons", "risk", "deadline"])
    note(
        case,
        EventKind.RECURRED,
        at=decision.decided_at,
        decision=decision,
        detail={"risk": case.risk, "reasons": new},
    )


def _allowed(risk: str) -> timedelta:
    hours = casework.HOURS[risk]
    row, _ = CaseDeadline.objects.get_or_create(risk=risk, defaults={"hours": hours})
    return timedelta(hours=row.hours)
