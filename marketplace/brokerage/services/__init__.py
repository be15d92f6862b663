"""The verbs of the broker; each reads: check, decide (pure), write, announce after commit."""

from .asking import (
    Ask,
    BadAsk,
    NotARenter,
    NotEnoughGpus,
    check,
    quote_micro,
    request,
    wallet_account,
)
from .availability import FREE_NOW, free_gpus, offers
from .brokering import HoldExpired, NotCleared, broker, confirm, cost_micro, expire
from .enforcing import enforce
from .giving_back import cancel
from .red_flags import look_at_orders, renters_to_look_at
from .rehearsing import rehearse_policy
from .running import Observation, desired, end_due, observe, settled, stop, wanted
from .searching import Facets, facets, page, search, standing, window_of

__all__ = [
    "FREE_NOW",
    "Ask",
    "BadAsk",
    "Facets",
    "HoldExpired",
    "NotARenter",
    "NotCleared",
    "NotEnoughGpus",
    "Observation",
    "broker",
    "cancel",
    "check",
    "confirm",
    "cost_micro",
    "desired",
    "end_due",
    "enforce",
    "expire",
    "facets",
    "free_gpus",
    "look_at_orders",
    "observe",
    "offers",
    "page",
    "quote_micro",
    "rehearse_policy",
    "renters_to_look_at",
    "request",
    "search",
    "settled",
    "standing",
    "stop",
    "wallet_account",
    "wanted",
    "window_of",
]
