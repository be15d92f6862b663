"""Who owns the party of a case, drawn, with whoever of them the lists name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compliance.models import Party, PartyKind
from compliance.models.above import Above
from compliance.ownership import AT_LEAST_HALF, MINORITY, NOTHING, UNKNOWN, holding
from compliance.ownership_chart import Chart, Node, chart
from compliance.services.graph import ITSELF, Someone, edges, everyone, line

#: the gravest first
GRAVITY = (AT_LEAST_HALF, UNKNOWN, MINORITY, NOTHING)
LISTED, LIKE = "listed", "like"


@dataclass(frozen=True, slots=True)
class Ownership:
    """What is recorded now, drawn; and what the decision made of what was recorded then.

    `state` is the gravest of `compliance.ownership` over all groups of lists, `share_bps` what
    listed owners hold in that group and `path` the lines that count. `chart` is None when nobody
    is recorded above the party.
    """

    chart: Chart | None
    lines: list[str]
    state: str
    share_bps: int
    path: list[str]


def ownership(party: Party, known: Above, reasons: Mapping[str, Any]) -> Ownership:
    people = everyone(party, known)
    shares = edges(people, known)
    kinds = _kinds(people, reasons)
    listed = [key for key, kind in kinds.items() if kind == LISTED and key != ITSELF]
    nodes = {key: _node(key, one, kinds.get(key, "")) for key, one in people.items()}
    drawn = chart(nodes, shares, ITSELF, holding(shares, listed, ITSELF).path) if shares else None
    told = reasons.get("ownership", {}).get("listed", {}).values()
    gravest = min(told, key=lambda one: GRAVITY.index(one["state"]), default=None)
    lines = [line(edge, people) for edge in shares]
    if gravest is None:
        return Ownership(drawn, lines, NOTHING, 0, [])
    return Ownership(drawn, lines, gravest["state"], gravest["share_bps"], gravest["path"])


def _kinds(people: Mapping[str, Someone], reasons: Mapping[str, Any]) -> dict[str, str]:
    """Who of them the decision found listed, or like somebody listed; by key."""
    bands: dict[str, str] = {}
    for one in reasons["names"]:
        if any("cleared" not in match for match in one["matches"]):
            kind = LISTED if one["band"] == "match" else LIKE
            bands[one["field"]] = kind if bands.get(one["field"]) != LISTED else LISTED
    found = {}
    for key, someone in people.items():
        fields = ("legal_name", "native_name") if key == ITSELF else (f"owner {someone.names[0]}",)
        kinds = {bands[field] for field in fields if field in bands}
        if kinds:
            found[key] = LISTED if LISTED in kinds else LIKE
    return found


def _node(key: str, one: Someone, listed: str) -> Node:
    told = {LISTED: "on a list", LIKE: "like a listed name"}.get(listed)
    if key == ITSELF:
        return Node(one.names[0], told or "the party", listed or "party")
    kind = listed or ("person" if one.kind == PartyKind.PERSON else "")
    return Node(
        one.names[0], told or ", ".join(filter(None, (one.kind, one.hq))) or "nothing known", kind
    )
