"""What shows each declaration of a party, as an officer reads it in a case."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from compliance.models import Director, OwnershipStake, Party, PartyEvidence, Shown
from compliance.services.papers import all_evidence_of, declarations_of

#: facts of the party itself; owners and directors are rows of their own
FACTS = (Shown.REGISTRATION, Shown.HEADQUARTERS, Shown.PARENT)
Key = tuple[str, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Shower:
    """A paper, and what was declared when it was sent if that has changed since."""

    paper: PartyEvidence
    earlier: str


@dataclass(frozen=True, slots=True)
class Evidenced:
    """One declaration: what of the party, what it says, who says so and in whose words; papers."""

    fact: str
    declared: str
    told: str
    papers: list[Shower]


def evidenced(party: Party) -> list[Evidenced]:
    """Facts of the party, then its current owners and directors, whoever declared them."""
    papers: dict[Key, list[PartyEvidence]] = defaultdict(list)
    for row in all_evidence_of(party=party):
        papers[row.fact, row.stake_id, row.director_id].append(row)
    now = {one.fact: one.declared for one in declarations_of(party=party)}
    found = [
        Evidenced(
            fact.label, now.get(fact, ""), "", _showers(papers[fact, None, None], now.get(fact, ""))
        )
        for fact in FACTS
    ]
    for stake in party.stakes.filter(until=None).select_related("owner").order_by("pk"):
        name = str(stake.owner or stake.owner_name)
        found.append(_row(Shown.OWNER, name, stake, papers[Shown.OWNER, stake.pk, None]))
    return found + [
        _row(Shown.DIRECTOR, one.name, one, papers[Shown.DIRECTOR, None, one.pk])
        for one in party.directors.filter(until=None).order_by("pk")
    ]


def _row(
    fact: Shown, name: str, row: OwnershipStake | Director, papers: Iterable[PartyEvidence]
) -> Evidenced:
    return Evidenced(
        fact.label, name, f"{row.source}: {row.evidence}", [Shower(one, "") for one in papers]
    )


def _showers(papers: Iterable[PartyEvidence], now: str) -> list[Shower]:
    return [Shower(one, "" if one.declared == now else one.declared) for one in papers]
