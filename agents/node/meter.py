"""Slices of running time: each begins where the one before ended. Values in, values out."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from agents.protocol.messages import SegmentReport

from .spool import Fact

MS = timedelta(milliseconds=1)


def due(fact: Fact, *, at: datetime, period: timedelta) -> bool:
    """Whether enough time of the window has run to be written down."""
    if fact.metered_to is None:
        return False
    return min(at, fact.until) - fact.metered_to >= period


def cut(
    fact: Fact, *, at: datetime, mono_ms: int, energy_mj: dict[str, int], final: bool = False
) -> tuple[Fact, SegmentReport]:
    """Close the slice that ends now, or at the end of the window if that is past.

    `mono_ms` and `energy_mj` are the monotonic clock and the energy counters now. A GPU that does
    not answer adds nothing until it does, and the slice is not verified: its last look that found
    every GPU was at the end of the slice before. Returns the fact as it is afterwards, and the
    segment.
    """
    begin = fact.metered_to or fact.started_at or at
    end = max(begin, min(at, fact.until))
    past_ms = (at - end) // MS if at > end else 0
    mono_end = max(fact.metered_mono_ms, mono_ms - past_ms)
    verified = (fact.verified_since or end) if sound(fact.gpu_uuids, energy_mj) else None
    segment = SegmentReport(
        assignment=fact.assignment,
        seq=0,
        start=begin,
        end=end,
        mono_from_ms=fact.metered_mono_ms,
        mono_ms=mono_end - fact.metered_mono_ms,
        gpu_uuids=fact.gpu_uuids,
        verified_since=verified,
        energy_mj=_used(fact, energy_mj),
        final=final,
    )
    after = _moved(fact, end, mono_end, energy_mj)
    return after.model_copy(update={"verified_since": verified}), segment


def last(fact: Fact) -> SegmentReport:
    """The final slice of one that ended while we were away: nothing after it was last seen."""
    moment = fact.metered_to or fact.started_at or fact.until
    return SegmentReport(
        assignment=fact.assignment,
        seq=0,
        start=moment,
        end=moment,
        mono_from_ms=fact.metered_mono_ms,
        mono_ms=0,
        gpu_uuids=fact.gpu_uuids,
        final=True,
    )


def _used(fact: Fact, now: dict[str, int]) -> int:
    before = fact.energy_mj
    # a counter that fell was reset by a reload of the driver
    return sum(
        max(0, now[gpu] - before[gpu]) for gpu in fact.gpu_uuids if gpu in now and gpu in before
    )


def _moved(fact: Fact, end: datetime, mono_ms: int, energy_mj: dict[str, int]) -> Fact:
    counters = {**fact.energy_mj, **of(fact.gpu_uuids, energy_mj)}
    return fact.model_copy(
        update={"metered_to": end, "metered_mono_ms": mono_ms, "energy_mj": counters}
    )


def running(facts: Iterable[Fact]) -> frozenset[str]:
    """The GPUs on which something runs."""
    return frozenset(uuid for fact in facts if fact.state == "running" for uuid in fact.gpu_uuids)


def sound(gpu_uuids: tuple[str, ...], energy_mj: dict[str, int]) -> bool:
    """Whether every one of these GPUs answered when the counters were read."""
    return energy_mj.keys() >= set(gpu_uuids)


def of(gpu_uuids: tuple[str, ...], energy_mj: dict[str, int]) -> dict[str, int]:
    """The counters of these GPUs alone."""
    return {gpu: energy_mj[gpu] for gpu in gpu_uuids if gpu in energy_mj}
