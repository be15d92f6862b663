"""The verbs of trust: take what a machine says, weigh it, say where the machine stands."""

from .answering import BadAnswer, NoChallenge, TooLate, commit, show
from .asking import LEAD, Use, ask, owe
from .attestation import attest, attestation_nonce
from .calibrating import NotMeasured, calibrate
from .claiming import DuplicateBoard, lift, release, second_claim, suspend
from .judging import expire, verify, verify_shown
from .placing import place_by_latency, place_by_network, probes
from .recording import derive, follow_inventory, record
from .reporting import REPORT_EVERY, take_report
from .standing import (
    Standing,
    location_of,
    lowest_tier,
    standing,
    suspended_for,
    tier_of,
)

__all__ = [
    "LEAD",
    "REPORT_EVERY",
    "BadAnswer",
    "DuplicateBoard",
    "NoChallenge",
    "NotMeasured",
    "Standing",
    "TooLate",
    "Use",
    "ask",
    "attest",
    "attestation_nonce",
    "calibrate",
    "commit",
    "derive",
    "expire",
    "follow_inventory",
    "lift",
    "location_of",
    "lowest_tier",
    "owe",
    "place_by_latency",
    "place_by_network",
    "probes",
    "record",
    "release",
    "second_claim",
    "show",
    "standing",
    "suspend",
    "suspended_for",
    "take_report",
    "tier_of",
    "verify",
    "verify_shown",
]
