"""The verbs of compliance: bring lists and rules in, know parties, decide."""

from .batch import BadRow, screen_file
from .classifying import MalformedReference, attest_chip
from .freshness import ListsNotReady, ListState, list_states, require_fresh
from .importing import RefusedSnapshot, import_list
from .ownership import add_director, add_stake, end_director, end_stake
from .parties import amend_party, register_party
from .reference import Loaded, chip_for, load_reference
from .rehearsing import Case, Change, rehearse
from .rulebook import rulebook, unapproved_rules
from .screening import Question, public_reason, screen, still_valid

__all__ = [
    "BadRow",
    "Case",
    "Change",
    "ListState",
    "ListsNotReady",
    "Loaded",
    "MalformedReference",
    "Question",
    "RefusedSnapshot",
    "add_director",
    "add_stake",
    "amend_party",
    "attest_chip",
    "chip_for",
    "end_director",
    "end_stake",
    "import_list",
    "list_states",
    "load_reference",
    "public_reason",
    "register_party",
    "rehearse",
    "require_fresh",
    "rulebook",
    "screen",
    "screen_file",
    "still_valid",
    "unapproved_rules",
]
