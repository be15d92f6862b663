"""The verbs of compliance: bring lists and rules in, know parties, decide, prove."""

from compliance.downloads import DownloadFailed

from .approving import APPROVERS, approve_rule, unapproved_rules
from .auditing import Checked, audit_checked, check_audit
from .batch import screen_file
from .cases.asking import (
    AnsweredAlready,
    Upload,
    answer_request,
    ask_about_screening,
    correspondence,
    documents_of,
    requests_to,
    standing_of,
)
from .cases.deciding import (
    SignedAlready,
    approve_verdict,
    likenesses,
    propose_verdict,
    reject_verdict,
    reviews,
)
from .cases.documents import FILE_ENDINGS, LARGEST_FILE, add_document
from .cases.officers import NotAnOfficer
from .cases.referring import refer
from .cases.working import (
    assign_case,
    close_case,
    escalate_case,
    note_case,
    pass_deadlines,
    request_information,
)
from .changes import Changes, changes_of
from .classifying import MalformedReference, attest_chip
from .downloading import download_list
from .drawing import LicenceSpent, draw, drawn_gpu_us, put_back
from .exporting import export
from .finding import Question
from .flags import close_flag, denied_parties, flag_kinds, is_denied, note, raise_flag
from .freshness import ListsNotReady, ListState, list_states
from .importing import RefusedSnapshot, import_list
from .knowing import (
    Incomplete,
    add_contact,
    contacts_of,
    end_contact,
    lacks_of,
    send_to_screening,
    sent_at,
)
from .licences import approve_licence, register_licence, revoke_licence
from .looking import look
from .matching import Example, Found, UnknownList, entries, match, ready, seen, sources
from .ownership import ITSELF, add_director, add_stake, end_director, end_stake
from .papers import Declaration, declarations_of, evidence_of, file_document, papers_of
from .parties import (
    Numbered,
    add_identifier,
    amend_party,
    end_identifier,
    identify_party,
    register_party,
)
from .reference import Loaded, chip_for, load_reference
from .rehearsing import Case, Change, rehearse, rehearse_rule
from .replaying import CannotReplay, replay
from .rescreening import rescreen_due, rescreen_party, rescreen_waiting
from .reverse import reverse_screen
from .rows import BadRow
from .rulebook import rulebook
from .screening import (
    answers,
    preview,
    public_reason,
    screen,
    screen_many,
    still_valid,
    valid_of,
)
from .sealing import seal
from .sites import site_risks
from .statements import (
    remind_of_statements,
    sign_end_use,
    statement_in_force,
    withdraw_end_use,
)
from .tying import look_for_ties, note_ties
from .unfinished import CannotResume
from .verifying import Anchor, verify
from .wording import look_for_crowds, look_for_words

__all__ = [
    "APPROVERS",
    "FILE_ENDINGS",
    "ITSELF",
    "LARGEST_FILE",
    "Anchor",
    "AnsweredAlready",
    "BadRow",
    "CannotReplay",
    "CannotResume",
    "Case",
    "Change",
    "Changes",
    "Checked",
    "Declaration",
    "DownloadFailed",
    "Example",
    "Found",
    "Incomplete",
    "LicenceSpent",
    "ListState",
    "ListsNotReady",
    "Loaded",
    "MalformedReference",
    "NotAnOfficer",
    "Numbered",
    "Question",
    "RefusedSnapshot",
    "SignedAlready",
    "UnknownList",
    "Upload",
    "add_contact",
    "add_director",
    "add_document",
    "add_identifier",
    "add_stake",
    "amend_party",
    "answer_request",
    "answers",
    "approve_licence",
    "approve_rule",
    "approve_verdict",
    "ask_about_screening",
    "assign_case",
    "attest_chip",
    "audit_checked",
    "changes_of",
    "check_audit",
    "chip_for",
    "close_case",
    "close_flag",
    "contacts_of",
    "correspondence",
    "declarations_of",
    "denied_parties",
    "documents_of",
    "download_list",
    "draw",
    "drawn_gpu_us",
    "end_contact",
    "end_director",
    "end_identifier",
    "end_stake",
    "entries",
    "escalate_case",
    "evidence_of",
    "export",
    "file_document",
    "flag_kinds",
    "identify_party",
    "import_list",
    "is_denied",
    "lacks_of",
    "likenesses",
    "list_states",
    "load_reference",
    "look",
    "look_for_crowds",
    "look_for_ties",
    "look_for_words",
    "match",
    "note",
    "note_case",
    "note_ties",
    "papers_of",
    "pass_deadlines",
    "preview",
    "propose_verdict",
    "public_reason",
    "put_back",
    "raise_flag",
    "ready",
    "refer",
    "register_licence",
    "register_party",
    "rehearse",
    "rehearse_rule",
    "reject_verdict",
    "remind_of_statements",
    "replay",
    "request_information",
    "requests_to",
    "rescreen_due",
    "rescreen_party",
    "rescreen_waiting",
    "reverse_screen",
    "reviews",
    "revoke_licence",
    "rulebook",
    "screen",
    "screen_file",
    "screen_many",
    "seal",
    "seen",
    "send_to_screening",
    "sent_at",
    "sign_end_use",
    "site_risks",
    "sources",
    "standing_of",
    "statement_in_force",
    "still_valid",
    "unapproved_rules",
    "valid_of",
    "verify",
    "withdraw_end_use",
]
