"""The verbs of compliance: bring lists and rules in, know parties, decide, prove."""

from compliance.downloads import DownloadFailed

from .batch import screen_file
from .changes import Changes, changes_of
from .classifying import MalformedReference, attest_chip
from .downloading import download_list
from .exporting import export
from .flags import close_flag, denied_parties, flag_kinds, note, raise_flag
from .freshness import ListsNotReady, ListState, list_states
from .importing import RefusedSnapshot, import_list
from .looking import look
from .ownership import add_director, add_stake, end_director, end_stake
from .parties import amend_party, register_party
from .reference import Loaded, chip_for, load_reference
from .rehearsing import Case, Change, rehearse
from .replaying import CannotReplay, replay
from .rows import BadRow
from .rulebook import rulebook, unapproved_rules
from .screening import Question, answers, preview, public_reason, screen, still_valid
from .sealing import seal
from .sites import site_risks
from .statements import (
    remind_of_statements,
    sign_end_use,
    statement_in_force,
    withdraw_end_use,
)
from .tying import look_for_ties, note_ties
from .verifying import Anchor, verify

__all__ = [
    "Anchor",
    "BadRow",
    "CannotReplay",
    "Case",
    "Change",
    "Changes",
    "DownloadFailed",
    "ListState",
    "ListsNotReady",
    "Loaded",
    "MalformedReference",
    "Question",
    "RefusedSnapshot",
    "add_director",
    "add_stake",
    "amend_party",
    "answers",
    "attest_chip",
    "changes_of",
    "chip_for",
    "close_flag",
    "denied_parties",
    "download_list",
    "end_director",
    "end_stake",
    "export",
    "flag_kinds",
    "import_list",
    "list_states",
    "load_reference",
    "look",
    "look_for_ties",
    "note",
    "note_ties",
    "preview",
    "public_reason",
    "raise_flag",
    "register_party",
    "rehearse",
    "remind_of_statements",
    "replay",
    "rulebook",
    "screen",
    "screen_file",
    "seal",
    "sign_end_use",
    "site_risks",
    "statement_in_force",
    "still_valid",
    "unapproved_rules",
    "verify",
    "withdraw_end_use",
]
