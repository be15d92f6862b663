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
from .holding import hold_more
from .rehearsing import rehearse_policy
from .running import Observation, desired, end_due, observe, settled, stop, wanted
from .searching import Facets, facets, page, search, standing, window_of
from .timetable import HOUR, MOST_HOURS, Timetable, timetable

__all__ = [
    "FREE_NOW",
    "HOUR",
    "MOST_HOURS",
    "Ask",
    "BadAsk",
    "Facets",
    "HoldExpired",
    "NotARenter",
    "NotCleared",
    "NotEnoughGpus",
    "Observation",
    "Timetable",
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
    "hold_more",
    "observe",
    "offers",
    "page",
    "quote_micro",
    "rehearse_policy",
    "request",
    "search",
    "settled",
    "standing",
    "stop",
    "timetable",
    "wallet_account",
    "wanted",
    "window_of",
]
