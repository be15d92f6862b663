from datetime import timedelta

from agents.node.clock import Clock

from .build import NOON


class Time:
    """A host whose wall clock says NOON 100 s after it started."""

    def __init__(self):
        self.boot, self.wall = 100.0, NOON.timestamp()

    def clock(self, **facts):
        return Clock(boot=lambda: self.boot, wall=lambda: self.wall, **facts)


def test_the_hosts_clock_is_believed_until_the_marketplace_says_its_own():
    time = Time()
    clock = time.clock()
    assert clock.now() == NOON
    clock.learn(NOON + timedelta(seconds=42), sent=100.0, received=100.0)
    assert clock.now() == NOON + timedelta(seconds=42)
    assert clock.offset() == 42


def test_a_host_that_sets_its_clock_does_not_move_ours():
    time = Time()
    clock = time.clock()
    time.boot, time.wall = 110.0, time.wall - 3600
    assert clock.now() == NOON + timedelta(seconds=10)
    assert clock.mono_ms(clock.now()) == 110_000


def test_a_slow_answer_moves_the_clock_only_as_far_as_it_is_surely_wrong():
    time = Time()
    clock = time.clock()
    time.boot = 104.0
    clock.learn(NOON + timedelta(seconds=3), sent=100.0, received=104.0)
    assert clock.now() == NOON + timedelta(seconds=4), "NOON + 3 lies between: nothing is wrong"
    clock.learn(NOON + timedelta(seconds=6), sent=100.0, received=104.0)
    assert clock.now() == NOON + timedelta(seconds=6)


def test_a_base_that_was_kept_is_taken_over():
    clock = Time().clock(base=NOON.timestamp())
    assert clock.now() == NOON + timedelta(seconds=100)
