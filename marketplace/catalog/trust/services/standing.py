"""Where a machine stands now, and what it lacks for the next tier."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from marketplace.catalog.models import Machine, Trust, TrustEvidence
from marketplace.catalog.states import MachineState
from marketplace.catalog.trust import tiers

NOTHING = "nothing was reported yet: start the agent, it reports by itself"
UNCALIBRATED = (
    "its GPUs answered rightly, but no time limit has been measured for this card yet; our staff"
    " does that on machines that we know"
)
LACKS = {
    tiers.CONSISTENT: NOTHING,
    tiers.CHALLENGED: "no computing challenge was answered in time yet; the agent is asked at"
    " random times while its GPUs are free",
    tiers.ATTESTED: "no signed attestation was verified; it needs GPUs in confidential-computing"
    " mode, and most machines never have it",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """`until` is when the tier ends unless it is renewed; `missing` what the next tier lacks."""

    tier: str
    until: datetime | None
    location: str
    next_tier: str | None
    missing: tuple[str, ...]


def tier_of(machine: Machine, *, at: datetime) -> str:
    """The tier of a machine now; `machine.trust` is looked up when it was not read with it."""
    return tiers.tier_at(_ends(_trust(machine)), at)


def lowest_tier(*, machines: Collection[int], at: datetime) -> str:
    """The lowest tier of any of these machines (by primary key); of none at all the lowest."""
    rows = list(Trust.objects.filter(machine__in=machines))
    if len(rows) < len(set(machines)):
        return tiers.UNVERIFIED  # nothing was ever seen of one of them
    found = [tiers.tier_at(_ends(row), at) for row in rows]
    return min(found, key=tiers.TIERS.index, default=tiers.UNVERIFIED)


def location_of(machine: Machine, *, at: datetime) -> str:
    """How well the machine's place is borne out now."""
    return _grade(_trust(machine), at)


def standing(*, machine: Machine, at: datetime) -> Standing:
    """All that a provider is told of its machine, read afresh."""
    row = Trust.objects.filter(machine=machine).first()
    ends = _ends(row)
    tier = tiers.tier_at(ends, at)
    counted = tiers.TIERS[1 : tiers.TIERS.index(tier) + 1]
    above = tiers.next_tier(tier)
    return Standing(
        tier=tier,
        until=min((end for one in counted if (end := ends[one])), default=None),
        location=_grade(row, at),
        next_tier=above,
        missing=_missing(machine, above, at) if above else (),
    )


def suspended_for(*, machine: Machine) -> str:
    """Why a suspended machine was; empty for any other."""
    row = Trust.objects.filter(machine=machine, machine__state=MachineState.SUSPENDED).first()
    return row.suspended_for if row else ""


def _missing(machine: Machine, tier: str, at: datetime) -> tuple[str, ...]:
    newest = TrustEvidence.objects.filter(machine=machine, kind=tier).order_by("-pk").first()
    if newest is None:
        measured = tier == tiers.CHALLENGED and machine.challenges.filter(state="measured").exists()
        return (UNCALIBRATED if measured else LACKS[tier],)
    if newest.passed:
        ended = newest.expires_at is not None and newest.expires_at <= at
        why = "it has ended" if ended else "the GPUs have changed since"
        return (f"what was seen on {newest.at:%Y-%m-%d %H:%M} UTC counts no longer: {why}",)
    told = [one["text"] for one in newest.detail.get("contradictions", [])]
    finding = newest.detail.get("finding", "")
    return tuple(told) or ((finding,) if finding else (LACKS[tier],))


def _trust(machine: Machine) -> Trust | None:
    try:
        return machine.trust
    except Trust.DoesNotExist:
        return None


def _grade(row: Trust | None, at: datetime) -> str:
    return tiers.grade_at(_ends(row), at, contradicted=bool(row and row.contradicted))


def _ends(row: Trust | None) -> dict[str, datetime | None]:
    return {kind: getattr(row, f"{kind}_until", None) for kind in tiers.KINDS}
