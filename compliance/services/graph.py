"""A party and everyone above it as a graph of shares, from what is declared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from compliance.countries import CODES
from compliance.models import Party, PartyKind
from compliance.models.above import Above
from compliance.ownership import Edge, Holder

from .telling import Told, numbers_of, told_of

#: the key of the party that is asked about
ITSELF = "party"


@dataclass(frozen=True, slots=True)
class Someone:
    """A node of the graph. `names`: all that is screened; blank means unknown.

    `told` is what else is known of whom the names are, see `telling`.
    """

    names: tuple[str, ...]
    kind: str
    hq: str
    declared_parent: str = ""
    parent_hq: str = ""
    told: Told = field(default_factory=dict)

    @property
    def has_a_parent(self) -> bool:
        """Whether it declares a parent that is not itself. A person has none."""
        parent = plain(self.declared_parent)
        return self.kind != PartyKind.PERSON and parent not in ("", plain(self.names[0]))


def everyone(party: Party, above: Above) -> dict[str, Someone]:
    """The party, its owners however far up, named owners, and all declared parents, by key."""
    own = {name: getattr(party, name) for name in Party.SCREENED_FIELDS}
    found = {ITSELF: _of_party(own, numbers_of(None, above))}
    found |= {
        f"party {one['id']}": _of_party(one, numbers_of(one["id"], above))
        for one in above["owners"]
    }
    for one in above["stakes"]:
        if one["owner_id"] is None:
            home = one["owner_country"]
            named = Someone((one["owner_name"],), one["owner_kind"], home, told={"country": home})
            found[f"stake {one['id']}"] = named
    for key, someone in list(found.items()):
        if someone.has_a_parent:
            parent = Someone((someone.declared_parent,), "", someone.parent_hq)
            found[f"parent of {key}"] = parent
    return found


def edges(people: Mapping[str, Someone], above: Above) -> list[Edge]:
    """Recorded stakes, and each declared parent as one who controls with an unknown share.

    A declared parent whose stake is recorded is that stake.
    """
    drawn = [_stake(one, people) for one in above["stakes"]]
    recorded = {(edge.owned, plain(people[edge.owner].names[0])) for edge in drawn}
    return drawn + [
        Edge(f"parent of {key}", key, None, controls=True)
        for key, one in people.items()
        if one.has_a_parent and (key, plain(one.declared_parent)) not in recorded
    ]


def holders(people: Mapping[str, Someone]) -> dict[str, Holder]:
    """A person is a top, and so is whoever is declared to be an ultimate parent."""
    tops = {plain(one.declared_parent) for one in people.values()} - {""}
    return {
        key: Holder(
            one.hq if one.hq in CODES else None,
            top=one.kind == PartyKind.PERSON or plain(one.names[0]) in tops,
        )
        for key, one in people.items()
    }


def plain(name: str) -> str:
    """A name as it is compared with other declared names."""
    return " ".join(name.casefold().split())


def line(edge: Edge, people: Mapping[str, Someone]) -> str:
    """An edge for a reader."""
    share = "an unknown share" if edge.share_bps is None else f"{edge.share_bps / 100:.2f} %"
    rules = " and controls it" if edge.controls else ""
    return f"{people[edge.owner].names[0]} holds {share} of {people[edge.owned].names[0]}{rules}"


def _of_party(facts: Mapping[str, Any], numbers: list[dict[str, Any]]) -> Someone:
    return Someone(
        tuple(filter(None, (facts["legal_name"], facts["native_name"]))),
        facts["kind"],
        facts["hq_country"],
        facts["parent_name"],
        facts["parent_hq_country"],
        told_of(facts, numbers),
    )


def _stake(one: Mapping[str, Any], people: Mapping[str, Someone]) -> Edge:
    owner = f"stake {one['id']}" if one["owner_id"] is None else _key(one["owner_id"], people)
    return Edge(owner, _key(one["owned_id"], people), one["share_bps"], one["controls"])


def _key(party_id: int, people: Mapping[str, Someone]) -> str:
    """Owners go by their number; whoever is not among them is the party itself."""
    key = f"party {party_id}"
    return key if key in people else ITSELF
