"""The nouns of metering: what nodes signed, what of it is billed, and what is not, and why."""

from .gaps import Gap, GapKind, OwnOutage
from .segments import Link, Segment, Signer
from .usage import BilledMs, BilledTime, Closing, OutageRuling, Usage

__all__ = [
    "BilledMs",
    "BilledTime",
    "Closing",
    "Gap",
    "GapKind",
    "Link",
    "OutageRuling",
    "OwnOutage",
    "Segment",
    "Signer",
    "Usage",
]
