"""The verbs of compliance: bring lists and rules in, know parties, decide, prove."""

from compliance.downloads import DownloadFailed

from .batch import screen_file
from .changes import Changes, changes_of
from .classifying import MalformedReference, attest_chip
from .downloading import download_list
from .exporting import export
from .freshness import ListsNotReady, ListState, list_states
from .importing import RefusedSnapshot, import_list
from .matching import Example, Found, UnknownList, entries, match, ready, seen, sources
from .ownership import add_director, add_stake, end_director, end_stake
from .parties import amend_party, register_party
from .reference import Loaded, chip_for, load_reference
from .rehearsing import Case, Change, rehearse
from .replaying import CannotReplay, replay
from .rescreening import rescreen_due, rescreen_party, rescreen_waiting
from .reverse import reverse_screen
from .rows import BadRow
from .rulebook import rulebook, unapproved_rules
from .screening import Question, answers, preview, public_reason, screen, still_valid
from .sealing import seal
from .unfinished import CannotResume
from .verifying import Anchor, verify

__all__ = [
    "Anchor",
    "BadRow",
    "CannotReplay",
    "CannotResume",
    "Case",
    "Change",
    "Changes",
    "DownloadFailed",
    "Example",
    "Found",
    "ListState",
    "ListsNotReady",
    "Loaded",
    "MalformedReference",
    "Question",
    "RefusedSnapshot",
    "UnknownList",
    "add_director",
    "add_stake",
    "amend_party",
    "answers",
    "attest_chip",
    "changes_of",
    "chip_for",
    "download_list",
    "end_director",
    "end_stake",
    "entries",
    "export",
    "import_list",
    "list_states",
    "load_reference",
    "match",
    "preview",
    "public_reason",
    "ready",
    "register_party",
    "rehearse",
    "replay",
    "rescreen_due",
    "rescreen_party",
    "rescreen_waiting",
    "reverse_screen",
    "rulebook",
    "screen",
    "screen_file",
    "seal",
    "seen",
    "sources",
    "still_valid",
    "unapproved_rules",
    "verify",
]
