"""Usage segments in, sealed usage out. Nodes report facts; what is billed is decided here."""

from .accepting import SegmentConflict, SegmentIn, SegmentNotSigned, accept, signer
from .closing import close
from .ruling import BadRuling, record_own_outage, require_outage, require_ruling, rule_outage
from .sealing import covered_ms, interval, is_complete, seal
from .summing import Slice, billed_ms
from .verifying import verify

__all__ = [
    "BadRuling",
    "SegmentConflict",
    "SegmentIn",
    "SegmentNotSigned",
    "Slice",
    "accept",
    "billed_ms",
    "close",
    "covered_ms",
    "interval",
    "is_complete",
    "record_own_outage",
    "require_outage",
    "require_ruling",
    "rule_outage",
    "seal",
    "signer",
    "verify",
]
