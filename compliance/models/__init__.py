"""The nouns of compliance, by room: parties, lists, the law as data, decisions and their chain."""

from .bands import ScoringBand
from .chain import ChainLink, Content, Unsealed
from .decisions import Decision, DecisionQuerySet
from .identifiers import IdentifierKind, PartyIdentifier
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
    "ChainLink",
    "ChipAttestation",
    "ChipModel",
    "Content",
    "CountryGroup",
    "Decision",
    "DecisionQuerySet",
    "Director",
    "EndUse",
    "EntryName",
    "ExportClass",
    "IdentifierKind",
    "ListEntry",
    "ListEntryQuerySet",
    "ListSnapshot",
    "ListSource",
    "NameKind",
    "Outcome",
    "OwnershipStake",
    "Party",
    "PartyIdentifier",
    "PartyKind",
    "PolicyRule",
    "ScoringBand",
    "Unsealed",
]
