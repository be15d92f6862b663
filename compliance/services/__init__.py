"""The verbs of compliance: bring lists and rules in, know parties, decide, prove."""

from compliance.downloads import DownloadFailed

from .approving import APPROVERS, approve_rule, unapproved_rules
from .batch import screen_file
from .changes import Changes, changes_of
from .classifying import MalformedReference, attest_chip
from .downloading import download_list
from .drawing import LicenceSpent, draw, drawn_gpu_us, put_back
from .exporting import export
from .freshness import ListsNotReady, ListState, list_states
from .importing import RefusedSnapshot, import_list
from .licences import approve_licence, register_licence, revoke_licence
from .ownership import add_director, add_stake, end_director, end_stake
from .parties import amend_party, register_party
from .reference import Loaded, chip_for, load_reference
from .rehearsing import Case, Change, rehearse
from .replaying import CannotReplay, replay
from .rows import BadRow
from .rulebook import rulebook
from .screening import (
    Question,
    answers,
    preview,
    public_reason,
    screen,
    screen_many,
    still_valid,
    valid_of,
)
from .sealing import seal
from .verifying import Anchor, verify

__all__ = [
    "APPROVERS",
    "Anchor",
    "BadRow",
    "CannotReplay",
    "Case",
    "Change",
    "Changes",
    "DownloadFailed",
    "LicenceSpent",
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
    "approve_licence",
    "approve_rule",
    "attest_chip",
    "changes_of",
    "chip_for",
    "download_list",
    "draw",
    "drawn_gpu_us",
    "end_director",
    "end_stake",
    "export",
    "import_list",
    "list_states",
    "load_reference",
    "preview",
    "public_reason",
    "put_back",
    "register_licence",
    "register_party",
    "rehearse",
    "replay",
    "revoke_licence",
    "rulebook",
    "screen",
    "screen_file",
    "screen_many",
    "seal",
    "still_valid",
    "unapproved_rules",
    "valid_of",
    "verify",
]
