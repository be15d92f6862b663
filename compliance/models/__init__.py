"""The nouns of compliance, by room: parties, lists, the law as data, decisions and their chain."""

from .chain import ChainLink, Content, Unsealed
from .decisions import Decision, DecisionQuerySet
from .flags import RedFlag, RedFlagClosed, RedFlagKind, RedFlagQuerySet, Weight
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
from .sites import Dimension, Grade, SiteRisk, SiteRiskQuerySet
from .statements import EndUseStatement, EndUseStatementQuerySet, EndUseStatementWithdrawn

__all__ = [
    "Approval",
    "ChainLink",
    "ChipAttestation",
    "ChipModel",
    "Content",
    "CountryGroup",
    "Decision",
    "DecisionQuerySet",
    "Dimension",
    "Director",
    "EndUse",
    "EndUseStatement",
    "EndUseStatementQuerySet",
    "EndUseStatementWithdrawn",
    "EntryName",
    "ExportClass",
    "Grade",
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
    "RedFlag",
    "RedFlagClosed",
    "RedFlagKind",
    "RedFlagQuerySet",
    "SiteRisk",
    "SiteRiskQuerySet",
    "Unsealed",
    "Weight",
]
