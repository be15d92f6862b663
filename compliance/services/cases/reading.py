"""A case as an officer reads it: the decision laid out, the party beside each listed entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from compliance.models import (
    Case,
    CaseDocument,
    CaseEvent,
    Decision,
    ListEntry,
    Party,
)
from compliance.states import LIVE, MOVES, CaseState

from .officers import APPROVE, WORK, Officer
from .opening import latest_decision

Row = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """One likeness: which name of the party, the match as decided, and both sides by row."""

    field: str
    match: Mapping[str, Any]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Dossier:
    case: Case
    decision: Decision
    facts: list[tuple[str, str]]
    pairs: list[Pair]
    events: QuerySet[CaseEvent]
    documents: QuerySet[CaseDocument]


def dossier(case: Case) -> Dossier:
    """Everything about the case that an officer decides on."""
    decision = latest_decision(case)
    return Dossier(
        case,
        decision,
        [(_label(name), str(getattr(case.party, name))) for name in Party.SCREENED_FIELDS],
        _pairs(case.party, decision),
        case.events.select_related("decision", "answers").order_by("pk"),
        case.documents.defer("content").order_by("pk"),
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


def _label(name: str) -> str:
    return name.replace("_", " ")


def _pairs(party: Party, decision: Decision) -> list[Pair]:
    names = decision.reasons["names"]
    found = [(one["field"], match) for one in names for match in one["matches"]]
    entries = _entries([match for _, match in found])
    return [
        Pair(field, match, _beside(party, field, entries.get(_key(match))))
        for field, match in found
    ]


def _entries(matches: list[Mapping[str, Any]]) -> dict[Row, ListEntry]:
    """The entries as they read when they were matched."""
    rows = ListEntry.objects.filter(
        source__code__in={match["source"] for match in matches},
        uid__in={match["uid"] for match in matches},
    )
    return {
        (entry.source.code, entry.uid, bytes(entry.content_hash).hex()): entry
        for entry in rows.select_related("source").prefetch_related("names")
    }


def _key(match: Mapping[str, Any]) -> Row:
    return match["source"], match["uid"], match["entry_hash"]


def _beside(party: Party, field: str, entry: ListEntry | None) -> list[Row]:
    """What to compare: of the one asked, of the entry."""
    if entry is None:
        return []
    ours = _asked(party, field)
    theirs = {
        "Names": [one.name for one in entry.names.all()],
        "Kind": [entry.kind],
        "Countries": entry.countries,
        "Identifiers": [f"{kind} {value}" for kind, value in entry.identifiers],
        "Born": entry.birth_dates,
        "Addresses": entry.addresses,
        "Programmes": entry.programs,
        "Remarks": [entry.remarks],
    }
    return [(name, ours.get(name, ""), "; ".join(map(str, told))) for name, told in theirs.items()]


def _asked(party: Party, field: str) -> dict[str, str]:
    """What is known of the one whose name it is: the party itself, its parent, or someone of it."""
    if field == "parent_name":
        return {"Names": party.parent_name, "Countries": party.parent_hq_country}
    if field not in ("legal_name", "native_name"):
        return {"Names": field.partition(" ")[2]}
    return {
        "Names": _joined(party.legal_name, party.native_name),
        "Kind": party.kind,
        "Countries": _joined(party.country, party.hq_country),
        "Identifiers": party.registration_number,
    }


def _joined(*told: str) -> str:
    return "; ".join(dict.fromkeys(filter(None, told)))
