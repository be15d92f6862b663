"""No lease ever bills a second in which its GPU set was not verified: whatever happens, drawn.

A node's own parts (leases, spool, meter) run on a virtual clock through faults; what its spool
holds at the end is judged by the marketplace's own rules; the billed time is compared, second by
second, with what was looked at and found.
"""

import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.node.clock import Clock
from agents.node.leases import Leases
from agents.node.spool import Spool
from marketplace.metering import placing
from marketplace.metering.placing import SHORT_GAP, Slice
from tests.agents.node.build import ONE, granted, pinned, wanted
from tests.make import NOON

from .world import Engine, VirtualRuntime

SECOND = timedelta(seconds=1)
GPUS = ("GPU-a", "GPU-b")
BEGIN, END, LATE = 10, 290, 320


@dataclass
class Truth:
    """What was looked at and found: per second of the lease, True, False, or nobody looked."""

    looks: dict[int, bool] = field(default_factory=dict)


spans = st.tuples(st.integers(0, LATE), st.integers(1, 200)).map(lambda t: (t[0], t[0] + t[1]))
schedules = st.fixed_dictionaries(
    {
        "dead": st.lists(spans, max_size=2),
        "detached": st.lists(spans, max_size=1),
        "silent": st.lists(spans, max_size=2),
        "full": st.lists(spans, max_size=1),
    }
)


def within(spans, second):
    return any(begin <= second < end for begin, end in spans)


def play(schedule, folder):
    """Run the lease through the schedule; returns its segments and what was really looked at."""
    now = [0.0]
    engine, truth = Engine(lambda: now[0]), Truth()
    leases = spool = None

    def energy():
        return {} if within(schedule["silent"], now[0]) else dict.fromkeys(GPUS, int(now[0]))

    for second in range(LATE):
        now[0] = float(second)
        engine.attached = not within(schedule["detached"], second)
        if within(schedule["dead"], second):
            if spool is not None:
                spool.close()
            leases = spool = None
            continue
        if leases is None:
            spool = Spool(folder)
            clock = Clock(base=NOON.timestamp() - 1000, boot=lambda: 1000 + now[0])
            runtime = VirtualRuntime(engine, clock)
            leases = Leases(
                runtime=runtime, spool=spool, clock=clock, energy=energy, grants=pinned()
            )
            leases.period = 30 * SECOND
            leases.resume()
        with suppress(Exception):
            spool.db.execute(f"PRAGMA query_only = {int(within(schedule['full'], second))}")
        if not within(schedule["full"], second):
            leases.take_over([one()])
        leases.step()
        truth.looks[second] = engine.attached
    found = spool.unsent(limit=1000) if spool is not None else None
    if spool is None:
        spool = Spool(folder)
        found = spool.unsent(limit=1000)
    boot = spool.boot_id
    spool.close()
    return boot, (found or (None, []))[1], truth


def one():
    one = wanted(ONE, start=NOON + BEGIN * SECOND, end=NOON + END * SECOND, gpus=GPUS)
    return granted(one)


def billed(boot, segments):
    """The time that the marketplace counts, by its own pure rules, as it links a chain."""
    before, believed, counted = None, False, []
    for each in segments:
        part = Slice(
            boot_id=boot,
            seq=each.seq,
            start=each.start,
            end=each.end,
            mono_from_ms=each.mono_from_ms,
            mono_ms=each.mono_ms,
            verified_since=each.verified_since,
        )
        doubt = placing.doubt(
            start=each.start,
            end=each.end,
            mono_ms=each.mono_ms,
            gpu_uuids=each.gpu_uuids,
            leased=GPUS,
            window=(NOON + BEGIN * SECOND, NOON + END * SECOND),
            received_at=NOON + LATE * SECOND,
        ) or placing.misfit(part, before=before, first_boot=boot)
        looked = placing.last_look(part, before=before, believed=believed)
        time = None if doubt else placing.counted(part, looked=looked)
        if time is not None:
            counted.append(time)
        before, believed = part, not doubt
    return counted


def seconds(span):
    begin, end = ((moment - NOON) / SECOND for moment in span)
    return begin, end


def unverified(span, looks):
    """Where billed time holds a look that failed, or more than SHORT_GAP without any look."""
    begin, end = seconds(span)
    inside = sorted(second for second in looks if begin < second < end)
    wrong = [second for second in inside if not looks[second]]
    known = [begin, *inside, end]
    wide = [pair for pair in pairwise(known) if (pair[1] - pair[0]) * SECOND > SHORT_GAP]
    return wrong, wide


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(schedules)
def test_no_second_is_billed_that_was_not_verified(schedule):
    with tempfile.TemporaryDirectory() as folder:
        boot, segments, truth = play(schedule, Path(folder))
    spans = billed(boot, segments)
    for span in spans:
        begin, end = seconds(span)
        assert BEGIN <= begin < end <= END
        assert unverified(span, truth.looks) == ([], [])
    for one_span, after in pairwise(sorted(spans)):
        assert one_span[1] <= after[0], "no second is billed twice"


def test_control_a_quiet_lease_is_billed_whole(tmp_path):
    quiet = {"dead": [], "detached": [], "silent": [], "full": []}
    boot, segments, _ = play(quiet, tmp_path)
    assert sum(end - begin for begin, end in map(seconds, billed(boot, segments))) == END - BEGIN


def test_control_rules_that_trust_the_node_would_bill_what_nobody_saw(tmp_path):
    """The same schedule under rules without a limit to gaps: the property would fail."""
    away = {"dead": [(100, 250)], "detached": [(120, 140)], "silent": [], "full": []}
    boot, segments, truth = play(away, tmp_path)
    assert all(unverified(span, truth.looks) == ([], []) for span in billed(boot, segments))
    trusting = [(each.start, each.end) for each in segments if each.end > each.start]
    assert any(unverified(span, truth.looks)[1] for span in trusting)
