"""The nouns of compliance, by room: parties, lists, the law as data, decisions and their chain."""

from .chain import ChainLink, Content, Unsealed
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
from .rescreening import Rescreening, ReversePass

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
    "Rescreening",
    "ReversePass",
    "Unsealed",
]
