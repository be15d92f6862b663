"""The verbs of money: top-ups through Stripe, charges for usage, invoices."""

from .charging import charge
from .inbox import BadSignature, handle_event, store_event
from .outbox import send_command
from .settling import settle
from .top_ups import BadTopUp, top_up, wallet

__all__ = [
    "BadSignature",
    "BadTopUp",
    "charge",
    "handle_event",
    "send_command",
    "settle",
    "store_event",
    "top_up",
    "wallet",
]
