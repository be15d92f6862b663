"""What is metered follows what the runtime vouches for: values in, segments out."""

from datetime import timedelta

import pytest

from agents.node.clock import Clock
from agents.node.leases import Leases
from agents.node.reconcile import Phase
from agents.node.runtime import Sighting
from agents.node.spool import Spool

from .build import NOON, ONE, wanted

SECOND = timedelta(seconds=1)
HOUR = 3600 * SECOND


class Scripted:
    """A runtime that shows what a test tells it to."""

    def __init__(self):
        self.now = None

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

    def stop(self, **_):
        pass

    def remove(self, **_):
        pass


@pytest.fixture
def scene(tmp_path):
    time = [0.0]
    spool = Spool(tmp_path)
    clock = Clock(base=NOON.timestamp(), boot=lambda: time[0])
    leases = Leases(runtime=Scripted(), spool=spool, clock=clock, energy=dict)
    leases.period = 5 * SECOND
    leases.take_over([wanted(end=NOON + HOUR)])

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
