"""Money out: what matures, one transfer a provider and run, and what came of it."""

from .composing import pay_out
from .hearing import hear
from .holds import BadHold, hold_payouts, is_held, release_payouts, require_hold
from .maturing import mature
from .recipients import (
    BadRecipient,
    NoLink,
    accounts_to_look_at,
    come_back,
    onboard,
    payout_account,
    refresh,
)
from .rentals import EarnedFor, Rental, all_rentals, rentals
from .reversing import BadReversal, require_reversal, reverse_payout
from .sending import send
from .statements import Earned, Statement, charge_rows, earned, statement

__all__ = [
    "BadHold",
    "BadRecipient",
    "BadReversal",
    "Earned",
    "EarnedFor",
    "NoLink",
    "Rental",
    "Statement",
    "accounts_to_look_at",
    "all_rentals",
    "charge_rows",
    "come_back",
    "earned",
    "hear",
    "hold_payouts",
    "is_held",
    "mature",
    "onboard",
    "pay_out",
    "payout_account",
    "refresh",
    "release_payouts",
    "rentals",
    "require_hold",
    "require_reversal",
    "reverse_payout",
    "send",
    "statement",
]
