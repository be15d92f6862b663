"""Tiers of trust and grades of a place: what each rests on and how long it lasts. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

UNVERIFIED, CONSISTENT, CHALLENGED, ATTESTED = "unverified", "consistent", "challenged", "attested"
#: each rests on those before it
TIERS: Final = (UNVERIFIED, CONSISTENT, CHALLENGED, ATTESTED)

CONTRADICTED, DECLARED, NETWORK, LATENCY = "contradicted", "declared", "network", "latency"
GRADES: Final = (CONTRADICTED, DECLARED, NETWORK, LATENCY)

#: what evidence can be of
KINDS: Final = (CONSISTENT, CHALLENGED, ATTESTED, NETWORK, LATENCY)
OF_PLACE: Final = frozenset({NETWORK, LATENCY})
LASTS: Final = {
    CONSISTENT: timedelta(hours=24),
    CHALLENGED: timedelta(hours=24),
    ATTESTED: timedelta(hours=24),
    NETWORK: timedelta(hours=24),
    LATENCY: timedelta(hours=24),
}

WHAT: Final = {
    CONSISTENT: "what it says of its GPUs agrees with the catalogue of cards, with the kernel,"
    " and with other machines of the same driver",
    CHALLENGED: "all its GPUs answered a computing challenge at once and in time",
    ATTESTED: "its GPUs signed a report that leads to a root certificate that the operator trusts",
}

Ends = Mapping[str, datetime | None]


def tier_at(ends: Ends, at: datetime) -> str:
    """The highest tier of which the evidence, and that of every tier below it, still counts."""
    reached = UNVERIFIED
    for one in TIERS[1:]:
        until = ends.get(one)
        if until is None or until <= at:
            break
        reached = one
    return reached


def next_tier(tier: str) -> str | None:
    """The tier above, None for the highest."""
    place = TIERS.index(tier) + 1
    return TIERS[place] if place < len(TIERS) else None


def grade_at(ends: Ends, at: datetime, *, contradicted: bool) -> str:
    """How well the declared place is borne out; what contradicts it weighs more than all else."""
    if contradicted:
        return CONTRADICTED
    for one in (LATENCY, NETWORK):
        until = ends.get(one)
        if until is not None and until > at:
            return one
    return DECLARED
