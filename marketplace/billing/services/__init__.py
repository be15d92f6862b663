"""The verbs of money: top-ups through Stripe, charges for usage, invoices."""

from .charging import charge, charge_leases
from .discounts import record_discount
from .inbox import BadSignature, handle_event, store_event
from .outbox import send_command
from .payers import find_shared_cards
from .rerating import rerate
from .settling import settle
from .statements import latest_statement, statement_file
from .terms import BadTerms, accept_terms, correct_terms, offer_terms, require_correction
from .ticking import charge_live
from .top_ups import BadTopUp, top_up, wallet

__all__ = [
    "BadSignature",
    "BadTerms",
    "BadTopUp",
    "accept_terms",
    "charge",
    "charge_leases",
    "charge_live",
    "correct_terms",
    "find_shared_cards",
    "handle_event",
    "latest_statement",
    "offer_terms",
    "record_discount",
    "require_correction",
    "rerate",
    "send_command",
    "settle",
    "statement_file",
    "store_event",
    "top_up",
    "wallet",
]
