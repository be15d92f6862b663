"""The verbs of the broker; each reads: check, decide (pure), write, announce after commit."""

from .asking import (
    Ask,
    NotARenter,
    NotEnoughGpus,
    check,
    deposit_micro,
    due_micro,
    may_pay_at_start,
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
    NothingToRun,
    broker,
    confirm,
    cost_micro,
    expire,
)
from .changing import Consequence, WindowTaken, booked_until, consequence, extend, shorten
from .drifting import drift_looked_at, find_drift, keep_report, tally_drift
from .enforcing import enforce
from .fees import FeeChanged
from .giving_back import cancel
from .holding import hold_more
from .interrupting import interrupt, unfit
from .keeping import CannotKeep, give_up_keeping, keep, most_micro
from .kept import end_keeping, keepings_to_end, tally_keepings
from .lining_up import Place, TooManyWaiting, Wish, places, serve, wait, withdraw
from .measuring import Curve, measured
from .mending import answer_loss, broken, instruct, lost, replace
from .noticing import remind
from .paying import PaymentLate, pay, take_payment, unpaid
from .pinning import TooManyPins, pin
from .red_flags import look_at_orders, renters_to_look_at
from .rehearsing import Rehearsal, rehearse_policy, rehearse_rule
from .rolling import (
    ROLL_REFUSALS,
    due_to_roll,
    next_end,
    note_not_rolled,
    roll_on,
    why_not_rolled,
)
from .running import Observation, desired, end_due, observe, settled, stop, wanted
from .scoring import reliability, score_machines
from .searching import Facets, facets, page, search, standing, window_of
from .sold import sold_hours
from .timetable import HOUR, MOST_HOURS, Timetable, timetable
from .upkeep import Touched, touched
from .using import leased
from .windows import BadAsk, first_window, roll_step
from .wishing import MachineWish, wishes
from .yielding import free_after_notice

__all__ = [
    "FREE_NOW",
    "HOUR",
    "LOOK_BACK",
    "MOST_HOURS",
    "ROLL_REFUSALS",
    "Ask",
    "BadAsk",
    "CannotKeep",
    "Consequence",
    "Curve",
    "Facets",
    "FeeChanged",
    "HoldExpired",
    "MachineWish",
    "NotARenter",
    "NotCleared",
    "NotClearedNow",
    "NotEnoughGpus",
    "NothingToRun",
    "Observation",
    "PaymentLate",
    "Place",
    "Rehearsal",
    "Timetable",
    "TooManyPins",
    "TooManyWaiting",
    "Touched",
    "WindowTaken",
    "Wish",
    "answer_loss",
    "booked_until",
    "broken",
    "broker",
    "broker_open",
    "cancel",
    "check",
    "confirm",
    "consequence",
    "cost_micro",
    "deposit_micro",
    "desired",
    "drift_looked_at",
    "due_micro",
    "due_to_roll",
    "end_due",
    "end_keeping",
    "enforce",
    "expire",
    "extend",
    "facets",
    "find_drift",
    "first_window",
    "free_after_notice",
    "free_gpus",
    "free_together",
    "give_up_keeping",
    "hold_more",
    "illegal",
    "instruct",
    "interrupt",
    "keep",
    "keep_report",
    "keepings_to_end",
    "leased",
    "look_at_orders",
    "lost",
    "may_pay_at_start",
    "measured",
    "most_micro",
    "next_end",
    "note_not_rolled",
    "observe",
    "offers",
    "page",
    "pay",
    "pin",
    "places",
    "quote_micro",
    "rehearse_policy",
    "rehearse_rule",
    "reliability",
    "remind",
    "renters_to_look_at",
    "replace",
    "request",
    "roll_on",
    "roll_step",
    "score_machines",
    "search",
    "serve",
    "settled",
    "shorten",
    "sold_hours",
    "sold_twice",
    "standing",
    "stop",
    "take_payment",
    "tally_drift",
    "tally_keepings",
    "timetable",
    "touched",
    "unfit",
    "unpaid",
    "wait",
    "wallet_account",
    "wanted",
    "why_not_rolled",
    "window_of",
    "wishes",
    "withdraw",
]
