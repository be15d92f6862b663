"""The verbs of money: top-ups through Stripe, charges for usage, invoices."""

from .charging import charge
from .inbox import BadSignature, handle_event, store_event
from .outbox import send_command
from .payers import find_shared_cards
from .rerating import rerate
from .settling import settle
from .statements import latest_statement, statement_file
from .top_ups import BadTopUp, top_up, wallet

__all__ = [
    "BadSignature",
    "BadTopUp",
    "charge",
    "find_shared_cards",
    "handle_event",
    "latest_statement",
    "rerate",
    "send_command",
    "settle",
    "statement_file",
    "store_event",
    "top_up",
    "wallet",
]
