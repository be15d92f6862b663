"""Entries of the lists as entities of the FollowTheMoney model."""

import re
from collections.abc import Iterable
from typing import Any

from compliance.countries import CODES
from compliance.matching import Match
from compliance.models import ListEntry, NameKind
from compliance.services import Found, entries, seen

SCHEMAS = {"person": "Person", "vessel": "Vessel", "aircraft": "Airplane"}
NAMES = {NameKind.PRIMARY: "name", NameKind.STRONG: "alias", NameKind.WEAK: "weakAlias"}
NUMBERS = {
    "uscc": "uscCode",
    "lei": "leiCode",
    "imo": "imoNumber",
    "mmsi": "mmsi",
    "swift": "swiftBic",
    "duns": "dunsCode",
    "passport": "passportNumber",
    "tax": "taxNumber",
    "registration": "registrationNumber",
}
NUMBER = "the same identifier"
_DATE = re.compile(r"\d{4}(?:-\d\d){0,2}")

Entity = dict[str, Any]


def id_of(source: str, uid: str) -> str:
    return f"{source}-{uid}"


def parts_of(entity_id: str) -> tuple[str, str]:
    """The list and the publisher's number; codes of lists hold no hyphen."""
    source, _, uid = entity_id.partition("-")
    return source, uid


def entities(rows: Iterable[ListEntry]) -> dict[tuple[str, str], Entity]:
    """The entities of these entries, by list and number."""
    rows = list(rows)
    times = seen(rows=rows)
    return {
        (row.source.code, row.uid): {
            **_facts(row),
            "first_seen": _time(times[row.source.code, row.uid].first),
            "last_seen": _time(times[row.source.code, row.uid].last),
            "last_change": _time(row.first_in.imported_at),
        }
        for row in rows
    }


def _facts(row: ListEntry) -> Entity:
    return {
        "id": id_of(row.source.code, row.uid),
        "caption": next(one.name for one in row.named if one.kind == NameKind.PRIMARY),
        "schema": SCHEMAS.get(row.kind, "Organization" if row.kind else "LegalEntity"),
        "properties": _properties(row),
        "datasets": [row.source.code],
        "referents": [],
        "target": True,
    }


def _properties(row: ListEntry) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in row.named:
        found.setdefault(NAMES[NameKind(name.kind)], []).append(name.name)
    for kind, value in row.identifiers:
        found.setdefault(NUMBERS.get(kind, "idNumber"), []).append(value)
    found |= {
        "birthDate": [
            one.rstrip("~") for one in row.birth_dates if _DATE.fullmatch(one.rstrip("~"))
        ],
        "country": [one.lower() if one in CODES else one for one in row.countries],
        "address": row.addresses,
        "program": row.programs,
        "notes": [row.remarks] if row.remarks else [],
        "topics": ["sanction"],
    }
    return {name: values for name, values in found.items() if values}


def _time(moment: Any) -> str:
    return str(moment.strftime("%Y-%m-%dT%H:%M:%S"))


def scored(found: Iterable[Found], *, limit: int, threshold: float | None) -> list[list[Entity]]:
    """The results of each query: whatever is flagged, with its score and the scorer's reasons."""
    told = [one.matches[:limit] for one in found]
    keys = {(one.listed.source, one.listed.uid) for matches in told for one in matches}
    known = entities(entries(keys=keys).values())
    return [
        [
            {**known[one.listed.source, one.listed.uid], **_score(one, threshold)}
            for one in matches
            # dropped by an import between asking and looking
            if (one.listed.source, one.listed.uid) in known
        ]
        for matches in told
    ]


def _score(one: Match, threshold: float | None) -> Entity:
    feature = "identifier" if NUMBER in one.reasons else "name"
    return {
        "score": one.score,
        "features": {feature: one.score},
        # without a threshold of the caller's own the scorer's bands count: all of these are flagged
        "match": threshold is None or one.score >= threshold,
        "explanations": {
            feature: {
                "score": one.score,
                "detail": "; ".join(one.reasons),
                "query": one.query,
                "candidate": one.listed.name,
            }
        },
    }
