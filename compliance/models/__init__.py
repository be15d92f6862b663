"""The nouns of compliance, by room: parties, lists, the law as data, decisions."""

from .decisions import Decision, DecisionQuerySet
from .lists import EntryName, ListEntry, ListEntryQuerySet, ListSnapshot, ListSource, NameKind
from .ownership import Director, OwnershipStake
from .parties import EndUse, Party, PartyKind
from .reference import (
    Approval,
    ChipAttestation,
    ChipModel,
    CountryGroup,
    ExportClass,
    Outcome,
    PolicyRule,
)

__all__ = [
    "Approval",
    "ChipAttestation",
    "ChipModel",
    "CountryGroup",
    "Decision",
    "DecisionQuerySet",
    "Director",
    "EndUse",
    "EntryName",
    "ExportClass",
    "ListEntry",
    "ListEntryQuerySet",
    "ListSnapshot",
    "ListSource",
    "NameKind",
    "Outcome",
    "OwnershipStake",
    "Party",
    "PartyKind",
    "PolicyRule",
]
