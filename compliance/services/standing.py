"""What the lists say to everyone above a party, and what that makes of the party itself."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compliance.matching import MATCH, NONE, UNSCREENABLE, Index, Listed
from compliance.models import ListEntry, Party, PartyKind
from compliance.models.above import Above
from compliance.ownership import UNKNOWN, Control, Holding, control, holding
from compliance.programmes import OWNERSHIP, programmes

from .granted import Granted
from .graph import ITSELF, Someone, edges, everyone, holders, line
from .reasons import Asked
from .telling import Told

Entry = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """Facts for the rules, the answers for owners and directors, and how to follow the shares.

    `unknown`: shares of listed owners, or below them, that nobody knows and that could make half.
    """

    facts: dict[str, str | None]
    asked: list[Asked]
    told: dict[str, Any]
    unknown: list[str]


def strongest(asked: Iterable[Asked]) -> str:
    """The band that binds most; `none` where no name was asked."""
    bands = {one.band for one in asked}
    return next((band for band in (MATCH, UNSCREENABLE, "possible") if band in bands), NONE)


def standing(
    party: Party, above: Above, own: Sequence[Asked], index: Index | None, granted: Granted
) -> Standing:
    """Screen owners and directors (no index: no lists, nothing known) and follow the shares.

    `own` are the answers for the party's own names.
    """
    people = everyone(party, above)
    shares = edges(people, above)
    ruled = control(shares, holders(people), ITSELF)
    owners = {
        key: granted.cleared(_owner(one, index)) for key, one in people.items() if key != ITSELF
    }
    directors = granted.cleared(_directors(above, index))
    every = [one for asked in owners.values() for one in asked]
    of_entries = _of_entries([*own, *every])
    listed = {key: _listed_as(asked, of_entries) for key, asked in owners.items()}
    held = {
        group: holding(shares, [key for key in listed if listed[key] & counted], ITSELF)
        for group, counted in OWNERSHIP.items()
    }
    compared: dict[str, str | None] = {
        "listed_as": " ".join(sorted(_listed_as(own, of_entries))),
        "owner_match": strongest(every),
        "director_match": strongest(directors),
        **{f"{group}_ownership": one.state for group, one in held.items()},
    }
    facts = {
        **(compared if index else dict.fromkeys(compared)),
        "control_chain": ruled.state,
        "control_hq": " ".join(ruled.countries),
    }
    open_ = [edge for one in held.values() if one.state == UNKNOWN for edge in one.path]
    unknown = {line(edge, people) for edge in open_ if edge.share_bps is None}
    return Standing(facts, [*every, *directors], _told(people, ruled, held), sorted(unknown))


def _owner(one: Someone, index: Index | None) -> list[Asked]:
    field = f"owner {one.names[0]}"
    whom = who(one.names, one.kind, one.hq, one.told)
    return [
        Asked(field, index.screen(name, kind=one.kind, **one.told), whom)
        for name in one.names
        if index
    ]


def who(names: Sequence[str], kind: str, country: str, told: Told) -> str:
    """Someone who is not the party itself, as far as names are compared, as text."""
    return json.dumps([names, kind, country, told], sort_keys=True)


def _directors(above: Above, index: Index | None) -> list[Asked]:
    return [
        Asked(
            f"director {one['name']}",
            index.screen(one["name"], kind=PartyKind.PERSON, country=one["country"]),
            who([one["name"]], PartyKind.PERSON, one["country"], {}),
        )
        for one in above["directors"]
        if index
    ]


def _matched(asked: Asked) -> list[Listed]:
    return [match.listed for match in asked.matches if match.band == MATCH]


def _entry(listed: Listed) -> Entry:
    return listed.source, listed.uid, listed.content_hash


def _of_entries(asked: Iterable[Asked]) -> dict[Entry, frozenset[str]]:
    """The programmes of every matched entry as it was matched; no query when there is none."""
    wanted = {_entry(listed) for one in asked for listed in _matched(one)}
    if not wanted:
        return {}
    rows = ListEntry.objects.filter(
        source__code__in={source for source, _, _ in wanted},
        uid__in={uid for _, uid, _ in wanted},
    ).values_list("source__code", "uid", "content_hash", "programs")
    programs = {(source, uid, bytes(of).hex()): found for source, uid, of, found in rows}
    return {entry: programmes(entry[0], programs.get(entry, ())) for entry in wanted}


def _listed_as(
    asked: Iterable[Asked], of_entries: Mapping[Entry, frozenset[str]]
) -> frozenset[str]:
    found = [of_entries[_entry(listed)] for one in asked for listed in _matched(one)]
    return frozenset().union(*found)


def _told(
    people: Mapping[str, Someone], ruled: Control, held: Mapping[str, Holding]
) -> dict[str, Any]:
    return {
        "control": {"state": ruled.state, "path": [line(edge, people) for edge in ruled.path]},
        "listed": {
            group: {
                "state": one.state,
                "share_bps": one.share_bps,
                "path": [line(edge, people) for edge in one.path],
            }
            for group, one in held.items()
        },
    }


def asked_above(party: Party, above: Above, index: Index) -> list[Asked]:
    """What the lists say to everyone above the party and to its directors."""
    people = everyone(party, above)
    owners = [_owner(one, index) for key, one in people.items() if key != ITSELF]
    return [*(one for asked in owners for one in asked), *_directors(above, index)]
