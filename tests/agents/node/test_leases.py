"""What is metered follows what the runtime vouches for: values in, segments out."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from agents.node.clock import Clock
from agents.node.leases import Leases
from agents.node.reconcile import Phase
from agents.node.runtime import Sighting
from agents.node.spool import Spool
from agents.protocol.messages import MAX_REPORTS

from .build import NOON, ONE, granted, pinned, wanted

SECOND = timedelta(seconds=1)
HOUR = 3600 * SECOND


class Scripted:
    """A runtime that shows what a test tells it to."""

    def __init__(self):
        self.now = None
        self.told = []

    def start(self, *, wanted, at):
        self.show(Phase.STARTING)

    def show(self, phase, **facts):
        self.now = Sighting(
            **{
                "assignment": ONE,
                "phase": phase,
                "gpu_uuids": ("GPU-a",),
                "started_at": None,
                **facts,
            }
        )

    def observe(self):
        return [self.now] if self.now else []

    def tell(self, *, assignment, evict_at):
        self.told.append((assignment, evict_at))
        self.now = replace(self.now, told=evict_at)

    def stop(self, **_):
        pass

    def remove(self, **_):
        pass


@pytest.fixture
def scene(tmp_path):
    time = [0.0]
    spool = Spool(tmp_path)
    clock = Clock(base=NOON.timestamp(), boot=lambda: time[0])
    leases = Leases(runtime=Scripted(), spool=spool, clock=clock, energy=dict, grants=pinned())
    leases.period = 5 * SECOND
    leases.take_over([granted(wanted(end=NOON + HOUR))])

    def step(seconds, phase=None, **facts):
        time[0] = seconds
        if phase:
            leases.runtime.show(phase, **facts)
        leases.step()
        _, segments = spool.unsent(limit=100) or (None, [])
        spans = [(each.start - NOON, each.end - NOON, each.final) for each in segments]
        return leases.facts[ONE].state, [
            (start.total_seconds(), end.total_seconds(), final) for start, end, final in spans
        ]

    yield step
    spool.close()


def at(seconds):
    return NOON + seconds * SECOND


def test_nothing_is_metered_before_the_gpus_are_verified(scene):
    assert scene(0) == ("starting", [])
    assert scene(100) == ("starting", [])
    on = {"started_at": at(101), "verified_to": at(101)}
    assert scene(103, Phase.RUNNING, **on) == ("running", [])
    assert scene(108, Phase.RUNNING, **{**on, "verified_to": at(107)}) == (
        "running",
        [(101, 107, False)],
    )


def test_nothing_is_metered_after_the_gpus_were_last_verified(scene):
    scene(0)
    on = {"started_at": at(1), "verified_to": at(7)}
    first = (1, 7, False)
    assert scene(8, Phase.RUNNING, **on)[1] == [first]
    assert scene(60, Phase.RUNNING, **on)[1] == [first]
    stopping = {**on, "verified_to": at(9)}
    assert scene(90, Phase.STOPPING, **stopping)[1] == [first]
    assert scene(300, Phase.ENDED, **stopping, failure="GPU-a is not attached") == (
        "stopped",
        [first, (7, 9, True)],
    )


def test_one_whose_gpus_were_never_verified_is_billed_nothing(scene):
    scene(0)
    assert scene(50, Phase.STOPPING, failure="GPU-a is not attached") == ("starting", [])
    assert scene(60, Phase.ENDED, failure="GPU-a is not attached") == ("failed", [])
    assert scene(70) == ("failed", [])


def test_one_stopped_on_its_way_is_stopped_and_billed_nothing(scene):
    scene(0)
    assert scene(50, Phase.ENDED) == ("stopped", [])


def test_a_workload_is_told_once_that_it_gives_way(tmp_path):
    time = [0.0]
    spool = Spool(tmp_path)
    clock = Clock(base=NOON.timestamp(), boot=lambda: time[0])
    leases = Leases(runtime=Scripted(), spool=spool, clock=clock, energy=dict, grants=pinned())
    plain, gives_way = wanted(end=NOON + HOUR), NOON + 120 * SECOND
    leases.take_over([granted(plain)])
    leases.step()
    leases.runtime.show(Phase.RUNNING, started_at=NOON)
    leases.step()
    assert leases.runtime.told == []
    shorter = wanted(end=gives_way, evict_at=gives_way, generation=2)
    leases.take_over([granted(shorter)])
    leases.step()
    leases.step()
    assert leases.runtime.told == [(ONE, gives_way)]
    spool.close()


@pytest.fixture
def plain(tmp_path):
    """Leases at NOON, with nothing written down and nothing wanted."""
    spool, clock = Spool(tmp_path), Clock(base=NOON.timestamp(), boot=lambda: 0.0)
    yield Leases(runtime=Scripted(), spool=spool, clock=clock, energy=dict, grants=pinned())
    spool.close()


def test_a_report_says_which_gpus_and_until_when(plain):
    plain.take_over([granted(wanted(end=NOON + HOUR))])
    plain.step()
    plain.runtime.show(Phase.RUNNING, gpu_uuids=("GPU-b",), started_at=NOON)
    plain.step()
    [report] = plain.reports()
    assert (report.gpu_uuids, report.end) == (("GPU-b",), NOON + HOUR)


def test_what_runs_without_a_note_is_reported_until_it_is_stopped(plain):
    plain.runtime.show(Phase.RUNNING, started_at=NOON)
    plain.step()
    [report] = plain.reports()
    assert (report.assignment, report.generation, report.state) == (ONE, 0, "starting")
    assert (report.gpu_uuids, report.started_at, report.end) == (("GPU-a",), None, None)
    plain.runtime.show(Phase.STOPPING)
    plain.step()
    assert plain.reports() == ()


def test_what_failed_while_no_agent_looked_says_why_and_is_billed_nothing(plain):
    plain.take_over([granted(wanted(end=NOON + HOUR))])
    plain.step()
    plain.runtime.show(Phase.ENDED, failure="GPU-a is not attached")
    plain.resume()
    plain.step()
    [report] = plain.reports()
    assert (report.state, report.detail) == ("failed", "GPU-a is not attached")
    assert plain.spool.unsent(limit=1) is None


def test_if_there_is_too_much_to_report_it_is_what_runs_that_is(plain):
    over = [
        granted(wanted(UUID(int=number), run=False, gpus=("GPU-b",)))
        for number in range(100, 100 + MAX_REPORTS)
    ]
    plain.take_over(over)
    plain.step()
    plain.take_over([*over, granted(wanted(end=NOON + HOUR))])
    plain.step()
    reports = plain.reports()
    assert (len(reports), reports[0].assignment) == (MAX_REPORTS, ONE)


def test_nothing_is_kept_of_what_is_not_yet_written_down_as_over(plain):
    plain.take_over([granted(wanted(end=NOON + HOUR, keep_until=NOON + 2 * HOUR))])
    plain.runtime.show(Phase.RUNNING, started_at=NOON, keep_until=NOON + 2 * HOUR)
    plain.step()
    over = replace(plain.runtime.now, phase=Phase.ENDED, kept=True, workspace_bytes=5)
    plain.seen = {ONE: over}
    [report] = plain.reports()
    assert (report.state, report.kept) == ("running", False)
    plain.runtime.now = over
    plain.step()
    [report] = plain.reports()
    assert (report.state, report.kept, report.workspace_bytes) == ("stopped", True, 5)
