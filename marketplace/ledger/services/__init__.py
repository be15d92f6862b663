"""Book transfers, hold money, read balances. The database refuses what must not be."""

from .accounts import account, accounts, balance, net_micro, totals
from .daily import daily
from .exporting import export_beancount
from .freezing import freeze, frozen, lift
from .holding import (
    InsufficientFunds,
    Placing,
    WalletFrozen,
    lock_balances,
    place_hold,
    place_holds,
    release_hold,
)
from .posting import BadEntry, Capture, Entry, Held, Posting, post, post_all, post_many
from .reporting import ReportRow, SummaryRow, report, summarise, write_report, write_rows
from .sealing import DayHasNotCome, HorizonWentBack, seal
from .verifying import Kept, verify

__all__ = [
    "BadEntry",
    "Capture",
    "DayHasNotCome",
    "Entry",
    "Held",
    "HorizonWentBack",
    "InsufficientFunds",
    "Kept",
    "Placing",
    "Posting",
    "ReportRow",
    "SummaryRow",
    "WalletFrozen",
    "account",
    "accounts",
    "balance",
    "daily",
    "export_beancount",
    "freeze",
    "frozen",
    "lift",
    "lock_balances",
    "net_micro",
    "place_hold",
    "place_holds",
    "post",
    "post_all",
    "post_many",
    "release_hold",
    "report",
    "seal",
    "summarise",
    "totals",
    "verify",
    "write_report",
    "write_rows",
]
