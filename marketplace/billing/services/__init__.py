"""The verbs of money: top-ups through Stripe, charges for usage, invoices."""

from .charging import charge
from .inbox import BadSignature, handle_event, store_event
from .outbox import send_command
from .payers import find_shared_cards
from .settling import settle
from .top_ups import BadTopUp, top_up, wallet

__all__ = [
    "BadSignature",
    "BadTopUp",
    "charge",
    "find_shared_cards",
    "handle_event",
    "send_command",
    "settle",
    "store_event",
    "top_up",
    "wallet",
]
