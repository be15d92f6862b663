"""Book transfers, hold money, read balances. The database refuses what must not be."""

from .accounts import account, accounts, balance, net_micro, totals
from .exporting import export_beancount
from .holding import InsufficientFunds, Placing, place_hold, place_holds, release_hold
from .posting import BadEntry, Capture, Entry, Held, Posting, post, post_all, post_many
from .reporting import ReportRow, report, write_report
from .sealing import HorizonWentBack, seal
from .verifying import verify

__all__ = [
    "BadEntry",
    "Capture",
    "Entry",
    "Held",
    "HorizonWentBack",
    "InsufficientFunds",
    "Placing",
    "Posting",
    "ReportRow",
    "account",
    "accounts",
    "balance",
    "export_beancount",
    "net_micro",
    "place_hold",
    "place_holds",
    "post",
    "post_all",
    "post_many",
    "release_hold",
    "report",
    "seal",
    "totals",
    "verify",
    "write_report",
]
