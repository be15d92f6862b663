"""The nouns of compliance, by room: parties, lists, the law as data, decisions and their chain."""

from .auditing import AuditCheck, AuditFault, AuditFaultQuerySet
from .bands import Approval, ScoringBand
from .cases import (
    PUBLIC_EVENTS,
    Case,
    CaseDeadline,
    CaseDecision,
    CaseDocument,
    CaseEvent,
    CaseKind,
    EventKind,
    Risk,
)
from .chain import ChainLink, Content, Unsealed
from .decisions import Decision, DecisionQuerySet
from .flags import RedFlag, RedFlagClosed, RedFlagKind, RedFlagQuerySet, Weight
from .grants import Clearing, ReviewClearance
from .identifiers import IdentifierKind, PartyIdentifier
from .known import PaperKind, PartyContact, PartyDocument, PartyEvidence, Shown
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
from .rescreening import Rescreening, ReversePass
from .sites import Dimension, Grade, SiteRisk, SiteRiskQuerySet
from .statements import EndUseStatement, EndUseStatementQuerySet, EndUseStatementWithdrawn

__all__ = [
    "PUBLIC_EVENTS",
    "Approval",
    "AuditCheck",
    "AuditFault",
    "AuditFaultQuerySet",
    "Case",
    "CaseDeadline",
    "CaseDecision",
    "CaseDocument",
    "CaseEvent",
    "CaseKind",
    "ChainLink",
    "ChipAttestation",
    "ChipModel",
    "Clearing",
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
    "EventKind",
    "ExportClass",
    "Grade",
    "IdentifierKind",
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
    "PaperKind",
    "Party",
    "PartyContact",
    "PartyDocument",
    "PartyEvidence",
    "PartyIdentifier",
    "PartyKind",
    "PolicyRule",
    "RedFlag",
    "RedFlagClosed",
    "RedFlagKind",
    "RedFlagQuerySet",
    "Rescreening",
    "ReversePass",
    "ReviewClearance",
    "Risk",
    "RuleApproval",
    "ScoringBand",
    "Shown",
    "SiteRisk",
    "SiteRiskQuerySet",
    "Unsealed",
    "Weight",
]
