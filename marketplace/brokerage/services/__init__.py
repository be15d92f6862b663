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
from .auditing import LOOK_BACK, illegal, sold_twice
from .availability import FREE_NOW, free_gpus, free_together, offers
from .batching import broker_open
from .brokering import (
    HoldExpired,
    NotCleared,
    NotClearedNow,
    broker,
    confirm,
    cost_micro,
    expire,
)
from .enforcing import enforce
from .giving_back import cancel
from .holding import hold_more
from .red_flags import look_at_orders, renters_to_look_at
from .rehearsing import rehearse_policy
from .running import Observation, desired, end_due, observe, settled, stop, wanted
from .searching import Facets, facets, page, search, standing, window_of
from .timetable import HOUR, MOST_HOURS, Timetable, timetable

__all__ = [
    "FREE_NOW",
    "HOUR",
    "LOOK_BACK",
    "MOST_HOURS",
    "Ask",
    "BadAsk",
    "Facets",
    "HoldExpired",
    "NotARenter",
    "NotCleared",
    "NotClearedNow",
    "NotEnoughGpus",
    "Observation",
    "Timetable",
    "broker",
    "broker_open",
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
    "free_together",
    "hold_more",
    "illegal",
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
    "sold_twice",
    "standing",
    "stop",
    "timetable",
    "wallet_account",
    "wanted",
    "window_of",
]
