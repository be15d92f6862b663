"""The verbs of compliance: bring lists and rules in, know parties, decide."""

from .batch import screen_file
from .freshness import ListsNotReady, ListState, list_states, require_fresh
from .importing import RefusedSnapshot, import_list
from .parties import amend_party, register_party
from .reference import Loaded, MalformedReference, chip_for, load_reference
from .rows import BadRow
from .rulebook import rulebook
from .screening import Question, public_reason, screen, still_valid

__all__ = [
    "BadRow",
    "ListState",
    "ListsNotReady",
    "Loaded",
    "MalformedReference",
    "Question",
    "RefusedSnapshot",
    "amend_party",
    "chip_for",
    "import_list",
    "list_states",
    "load_reference",
    "public_reason",
    "register_party",
    "require_fresh",
    "rulebook",
    "screen",
    "screen_file",
    "still_valid",
]
