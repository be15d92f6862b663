"""The nouns of compliance, by room: parties, lists, the law as data, decisions and their chain."""

from .chain import ChainLink, Content, Unsealed
from .decisions import Decision, DecisionQuerySet
from .licences import Licence, LicenceAct, LicenceDraw, LicenceEvent, LicenceReturn
from .lists import EntryName, ListEntry, ListEntryQuerySet, ListSnapshot, ListSource, NameKind
from .ownership import Director, OwnershipStake
from .parties import EndUse, Party, PartyKind
from .reference import (
    ChipAttestation,
    ChipModel,
    CountryGroup,
    ExportClass,
    Outcome,
    PolicyRule,
    RuleApproval,
)

__all__ = [
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
    "Licence",
    "LicenceAct",
    "LicenceDraw",
    "LicenceEvent",
    "LicenceReturn",
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
    "RuleApproval",
    "Unsealed",
]
