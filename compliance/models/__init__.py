"""The nouns of compliance, by room: parties, lists, the law as data, decisions and their chain."""

from .chain import ChainLink, Content, Unsealed
from .decisions import Decision, DecisionQuerySet
from .lists import EntryName, ListEntry, ListEntryQuerySet, ListSnapshot, ListSource, NameKind
from .parties import EndUse, Party, PartyKind
from .reference import ChipModel, CountryGroup, ExportClass, Outcome, PolicyRule

__all__ = [
    "ChainLink",
    "ChipModel",
    "Content",
    "CountryGroup",
    "Decision",
    "DecisionQuerySet",
    "EndUse",
    "EntryName",
    "ExportClass",
    "ListEntry",
    "ListEntryQuerySet",
    "ListSnapshot",
    "ListSource",
    "NameKind",
    "Outcome",
    "Party",
    "PartyKind",
    "PolicyRule",
    "Unsealed",
]
