from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from agents.node import meter

from .build import NOON, running

SECOND = timedelta(seconds=1)


def cut(fact, seconds, *, energy=None, final=False):
    at = NOON + seconds * SECOND
    return meter.cut(fact, at=at, mono_ms=int(seconds * 1000), energy_mj=energy or {}, final=final)


def test_a_segment_has_both_clocks_and_the_energy_of_its_gpus():
    fact = running(gpu_uuids=("GPU-a", "GPU-b"), energy_mj={"GPU-a": 100, "GPU-b": 1000})
    after, segment = cut(fact, 30, energy={"GPU-a": 150, "GPU-b": 1007, "GPU-other": 9})
    assert (segment.start, segment.end) == (NOON, NOON + 30 * SECOND)
    assert (segment.mono_ms, segment.energy_mj, segment.final) == (30_000, 57, False)
    assert after.energy_mj == {"GPU-a": 150, "GPU-b": 1007}


def test_a_gpu_that_was_lost_for_a_while_adds_its_energy_when_it_is_back():
    fact = running(energy_mj={"GPU-a": 100})
    fact, segment = cut(fact, 10, energy={})
    assert segment.energy_mj == 0
    _, segment = cut(fact, 20, energy={"GPU-a": 130})
    assert segment.energy_mj == 30


def test_a_counter_that_was_reset_adds_nothing():
    _, segment = cut(running(energy_mj={"GPU-a": 100}), 10, energy={"GPU-a": 5})
    assert segment.energy_mj == 0


def test_nothing_is_metered_past_the_end_of_the_window():
    fact = running(until=NOON + 20 * SECOND)
    fact, segment = cut(fact, 24.5)
    assert (segment.end, segment.mono_ms) == (NOON + 20 * SECOND, 20_000)
    assert not meter.due(fact, at=NOON + 90 * SECOND, period=30 * SECOND)
    _, final = cut(fact, 29, final=True)
    assert (final.start, final.end, final.mono_ms) == (fact.until, fact.until, 0)


def test_a_segment_is_due_after_its_period():
    fact = running()
    period = timedelta(seconds=30)
    assert not meter.due(fact, at=NOON + timedelta(seconds=29.9), period=period)
    assert meter.due(fact, at=NOON + timedelta(seconds=30), period=period)


def test_a_clock_that_was_set_back_makes_no_segment_that_ends_before_it_starts():
    fact, _ = cut(running(), 30)
    after, segment = meter.cut(fact, at=NOON, mono_ms=40_000, energy_mj={})
    assert (segment.start, segment.end, segment.mono_ms) == (
        NOON + 30 * SECOND,
        NOON + 30 * SECOND,
        10_000,
    )
    assert after.metered_to == NOON + 30 * SECOND


@given(st.lists(st.integers(1, 7200), min_size=1, max_size=20).map(sorted))
def test_segments_follow_each_other_without_a_gap(moments):
    fact, segments = running(), []
    for moment in moments:
        fact, segment = cut(fact, moment)
        segments.append(segment)
    assert segments[0].start == NOON
    for one, after in pairwise(segments):
        assert one.end == after.start
    length = min(moments[-1], 3600)
    assert segments[-1].end == NOON + length * SECOND
    assert sum(each.mono_ms for each in segments) == length * 1000


def test_a_slice_is_verified_while_every_gpu_answers():
    fact = running(gpu_uuids=("GPU-a", "GPU-b"), verified_since=NOON)
    both, one = {"GPU-a": 1, "GPU-b": 1}, {"GPU-a": 2}
    said = []
    for seconds, energy in ((10, both), (20, one), (30, both), (40, both)):
        fact, segment = cut(fact, seconds, energy=energy)
        said.append(segment.verified_since)
    assert said == [NOON, None, NOON + 30 * SECOND, NOON + 30 * SECOND]


def test_segments_follow_each_other_on_the_monotonic_clock_too():
    fact, one = cut(running(metered_mono_ms=500), 30)
    _, after = cut(fact, 60)
    assert (one.mono_from_ms, one.mono_ms) == (500, 29_500)
    assert (after.mono_from_ms, after.mono_ms) == (30_000, 30_000)
