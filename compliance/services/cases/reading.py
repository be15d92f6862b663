"""A case as an officer reads it: the decision laid out, the party beside each listed entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from compliance.models import (
    Case,
    CaseDecision,
    CaseDocument,
    CaseEvent,
    Decision,
    ListEntry,
    Party,
)
from compliance.models.above import Above, above
from compliance.states import LIVE, MOVES, CaseState
from marketplace.core import showing

from .comparing import Compared, compare
from .evidencing import Evidenced, evidenced
from .officers import APPROVE, WORK, Officer
from .opening import latest_decision
from .owning import Ownership, ownership

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """One likeness: which name of the party, the match as decided, and both sides by row."""

    field: str
    match: Mapping[str, Any]
    entry: ListEntry | None
    rows: list[Compared]
    cleared: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """`signatures` are under the newest proposal; `next` is the open case that is due first."""

    case: Case
    decision: Decision
    facts: list[tuple[str, str]]
    pairs: list[Pair]
    ownership: Ownership
    evidence: list[Evidenced]
    events: QuerySet[CaseEvent]
    documents: QuerySet[CaseDocument]
    signatures: list[CaseDecision]
    next: Case | None


def dossier(case: Case) -> Dossier:
    """Everything about the case that an officer decides on."""
    decision = latest_decision(case)
    known = above(case.party_id)
    return Dossier(
        case,
        decision,
        [_fact(case.party, name) for name in Party.SCREENED_FIELDS],
        _pairs(case.party, decision, known),
        ownership(case.party, known, decision.reasons),
        evidenced(case.party),
        case.events.order_by("-pk"),
        case.documents.defer("content").order_by("pk"),
        list(case.signatures.filter(proposal=case.proposal).order_by("pk")),
        Case.objects.live().exclude(pk=case.pk).order_by("deadline", "pk").first(),
    )


def open_to(case: Case, by: Officer) -> set[str]:
    """The acts that the state of the case and the officer's permissions leave open."""
    found = set()
    if by.has_perm(WORK):
        found |= {"note"}
        found |= {"assign", "document"} if case.state in LIVE else set()
        to = {"escalate": CaseState.ESCALATED, "propose": CaseState.PROPOSED}
        to |= {"request": CaseState.WAITING, "close": CaseState.CLOSED}
        found |= {act for act, state in to.items() if state in MOVES[case.state]}
        found |= {"request"} if case.state == CaseState.WAITING else set()
    if by.has_perm(APPROVE) and case.state == CaseState.PROPOSED:
        found |= {"approve", "reject"}
    return found


def _fact(party: Party, name: str) -> tuple[str, str]:
    """Its name and what it is, as a reader knows them; empty where nothing is known."""
    field: Any = Party._meta.get_field(name)
    known = getattr(party, name) not in (None, "")
    return showing.heading(field), str(showing.told(party, field)) if known else ""


def _label(name: str) -> str:
    return name.replace("_", " ")


def _pairs(party: Party, decision: Decision, known: Above) -> list[Pair]:
    """The best match first; a name that stands in two fields of the same one is one likeness."""
    found: dict[tuple[str, str, str], tuple[list[str], Mapping[str, Any]]] = {}
    for one in decision.reasons["names"]:
        for match in one["matches"]:
            key = (one.get("subject") or one["field"], match["source"], match["uid"])
            found.setdefault(key, ([], match))[0].append(one["field"])
    entries = _entries([match for _, match in found.values()])
    pairs = []
    for fields, match in sorted(found.values(), key=lambda one: -one[1]["score"]):
        entry = entries.get(_key(match))
        rows = compare(party, fields[0], known, entry) if entry else []
        told = " and ".join(map(_label, fields))
        pairs.append(Pair(told, match, entry, rows, "cleared" in match))
    return pairs


def _entries(matches: list[Mapping[str, Any]]) -> dict[Key, ListEntry]:
    """The entries as they read when they were matched."""
    rows = ListEntry.objects.filter(
        source__code__in={match["source"] for match in matches},
        uid__in={match["uid"] for match in matches},
    )
    return {
        (entry.source.code, entry.uid, bytes(entry.content_hash).hex()): entry
        for entry in rows.select_related("source").prefetch_related("names")
    }


def _key(match: Mapping[str, Any]) -> Key:
    return match["source"], match["uid"], match["entry_hash"]
