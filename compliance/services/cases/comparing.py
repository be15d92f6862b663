"""The one who was asked about beside a listed entry, field by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compliance.country_names import codes_of
from compliance.highlighting import DIFFERS as DIFFERENT
from compliance.highlighting import PLAIN, Piece, common, fold, marked
from compliance.highlighting import SAME as SAME_WORD
from compliance.models import ListEntry, Party
from compliance.models.above import Above
from compliance.services.telling import numbers_of

#: what a field says, as a colour and a shape of the pages
SAME, ALIKE, DIFFERS, UNKNOWN, SILENT = "same", "alike", "differs", "unknown", ""
#: words that two addresses must share to be called alike
SHARED_WORDS = 2


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of both sides in pieces, each value on a line, and how they compare."""

    name: str
    ours: list[list[Piece]]
    theirs: list[list[Piece]]
    said: str


def compare(party: Party, field: str, known: Above, entry: ListEntry) -> list[Compared]:
    """`field` names who of the party was asked: itself, its parent, an owner or a director.

    `known` is who stands above the party now.
    """
    ours = _asked(party, field, known)
    theirs = {
        "Names": [one.name for one in entry.named],
        "Kind": [entry.kind],
        "Countries": entry.countries,
        "Identifiers": [f"{kind}: {value}" for kind, value in entry.identifiers],
        "Born": entry.birth_dates,
        "Addresses": entry.addresses,
        "Programmes": entry.programs,
        "Remarks": [entry.remarks],
    }
    found = {name: [str(one) for one in told if one] for name, told in theirs.items()}
    return [
        _countries(ours.get(name, []), told)
        if name == "Countries"
        else _compared(name, ours.get(name, []), told)
        for name, told in found.items()
    ]


def _compared(name: str, ours: list[str], theirs: list[str]) -> Compared:
    judge = JUDGES.get(name)
    if judge is None:
        return Compared(name, _plain(ours), _plain(theirs), SILENT)
    if not ours or not theirs:
        return Compared(name, _plain(ours), _plain(theirs), UNKNOWN)
    return Compared(
        name,
        [marked(one, theirs) for one in ours],
        [marked(one, ours) for one in theirs],
        judge(ours, theirs),
    )


def _countries(ours: list[str], theirs: list[str]) -> Compared:
    """By code, as screening does: a place that no country is called may be any."""
    codes = {one: {*codes_of([one])} for one in [*ours, *theirs]}
    known = [set[str]().union(*(codes[one] for one in side)) for side in (ours, theirs)]
    both = known[0] & known[1]
    said = SAME if both else DIFFERS if codes and all(codes.values()) and all(known) else UNKNOWN
    sides = [
        [[Piece(one, PLAIN if said == UNKNOWN else SAME_WORD if codes[one] & both else DIFFERENT)]
         for one in side]
        for side in (ours, theirs)
    ]  # fmt: skip
    return Compared("Countries", sides[0], sides[1], said)


def _plain(texts: Sequence[str]) -> list[list[Piece]]:
    return [[Piece(one, PLAIN)] for one in texts]


def _names(ours: Sequence[str], theirs: Sequence[str]) -> str:
    """The same words in any order are the same name; what is less is a likeness."""
    return SAME if {*map(_words, ours)} & {*map(_words, theirs)} else ALIKE


def _words(name: str) -> tuple[str, ...]:
    return tuple(sorted(filter(None, map(fold, name.replace("-", " ").split()))))


def _sets(ours: Sequence[str], theirs: Sequence[str]) -> str:
    return SAME if {*ours} & {*theirs} else DIFFERS


def _numbers(ours: Sequence[str], theirs: Sequence[str]) -> str:
    """By the number alone: publishers call the same register by many names."""
    numbers = {fold(one.rpartition(": ")[2]) for one in theirs}
    return SAME if {fold(one.rpartition(": ")[2]) for one in ours} & numbers else DIFFERS


def _dates(ours: Sequence[str], theirs: Sequence[str]) -> str:
    """A year or month agrees with every day in it."""
    agree = any(one.startswith(two) or two.startswith(one) for one in ours for two in theirs)
    return SAME if agree else DIFFERS


def _addresses(ours: Sequence[str], theirs: Sequence[str]) -> str:
    shared = max(common(one, two) for one in ours for two in theirs)
    return ALIKE if shared >= SHARED_WORDS else DIFFERS


JUDGES = {
    "Names": _names,
    "Kind": _sets,
    "Identifiers": _numbers,
    "Born": _dates,
    "Addresses": _addresses,
}


def _asked(party: Party, field: str, known: Above) -> dict[str, list[str]]:
    """What is known of the one whose name it is."""
    if field in ("legal_name", "native_name"):
        numbers = [f"{one['kind']}: {one['number']}" for one in numbers_of(None, known)]
        own = {name: getattr(party, name) for name in Party.SCREENED_FIELDS}
        return {**_party(own, numbers), "Addresses": _told(party.address)}
    if field == "parent_name":
        return {"Names": [party.parent_name], "Countries": _told(party.parent_hq_country)}
    role, _, name = field.partition(" ")
    if role == "owner":
        return _owner(name, known)
    countries = [one["country"] for one in known["directors"] if one["name"] == name]
    return {"Names": [name], "Kind": ["person"], "Countries": _told(*countries)}


def _owner(name: str, known: Above) -> dict[str, list[str]]:
    for one in known["owners"]:
        if one["legal_name"] == name:
            numbers = numbers_of(one["id"], known)
            return _party(one, [f"{each['kind']}: {each['number']}" for each in numbers])
    named = [one for one in known["stakes"] if one["owner_name"] == name]
    kinds, countries = [[one[key] for one in named] for key in ("owner_kind", "owner_country")]
    return {"Names": [name], "Kind": _told(*kinds), "Countries": _told(*countries)}


def _party(facts: Mapping[str, Any], numbers: Sequence[str]) -> dict[str, list[str]]:
    return {
        "Names": _told(facts["legal_name"], facts["native_name"]),
        "Kind": _told(facts["kind"]),
        "Countries": _told(facts["country"], facts["hq_country"]),
        "Identifiers": _told(facts["registration_number"], *numbers),
        "Born": _told(facts.get("birth_date")),
    }


def _told(*texts: Any) -> list[str]:
    """Each once, without what is empty."""
    return list(dict.fromkeys(str(text) for text in texts if text))
