"""The nouns of compliance, by room: parties, lists, the law as data, decisions."""

from .decisions import Decision, DecisionQuerySet
from .lists import EntryName, ListEntry, ListEntryQuerySet, ListSnapshot, ListSource, NameKind
from .parties import EndUse, Party, PartyKind
from .reference import ChipModel, CountryGroup, ExportClass, Outcome, PolicyRule

__all__ = [
    "ChipModel",
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
]
