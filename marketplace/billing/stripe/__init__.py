"""The only place that speaks to Stripe. Called outside transactions, always with our own key."""

from .client import Declined, Misused, Unavailable
from .customers import (
    Card,
    Checkout,
    create_customer,
    customer_is_gone,
    detach_card,
    list_cards,
    open_checkout,
    retrieve_checkout,
)
from .disputes import Disputed, Taken, retrieve_dispute
from .events import BadSignature, Event, list_events, verify_event, without_secrets
from .movements import Funds, Movement, list_movements, retrieve_funds, retrieve_time
from .payments import (
    ASKS_OWNER,
    Payer,
    Payment,
    cancel_payment,
    confirm_payment,
    create_payment,
    find_payment,
    retrieve_payment,
)
from .refunds import Refunded, create_refund, find_refund, retrieve_refund

__all__ = [
    "ASKS_OWNER",
    "BadSignature",
    "Card",
    "Checkout",
    "Declined",
    "Disputed",
    "Event",
    "Funds",
    "Misused",
    "Movement",
    "Payer",
    "Payment",
    "Refunded",
    "Taken",
    "Unavailable",
    "cancel_payment",
    "confirm_payment",
    "create_customer",
    "create_payment",
    "create_refund",
    "customer_is_gone",
    "detach_card",
    "find_payment",
    "find_refund",
    "list_cards",
    "list_events",
    "list_movements",
    "open_checkout",
    "retrieve_checkout",
    "retrieve_dispute",
    "retrieve_funds",
    "retrieve_payment",
    "retrieve_refund",
    "retrieve_time",
    "verify_event",
    "without_secrets",
]
