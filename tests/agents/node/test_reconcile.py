from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from agents.node.reconcile import (
    Observed,
    Phase,
    Remove,
    Skip,
    Start,
    Stop,
    Tell,
    next_edge,
    reconcile,
    take_over,
)

from .build import MINUTE, NOON, ONE, TWO, wanted

names = st.integers(1, 5).map(lambda number: UUID(int=number))
moments = st.integers(-5, 5).map(lambda number: NOON + number * MINUTE)
gpu_sets = st.sets(st.sampled_from(["GPU-a", "GPU-b", "GPU-c"]), min_size=1).map(tuple)
windows = st.tuples(moments, moments).map(sorted)


def by_name(*desired):
    return {each.assignment: each for each in desired}


desires = st.dictionaries(names, st.tuples(windows, gpu_sets, st.booleans()), max_size=5).map(
    lambda found: by_name(
        *(
            wanted(name, start=window[0], end=window[1], gpus=gpus, run=run)
            for name, (window, gpus, run) in found.items()
        )
    )
)
observations = st.dictionaries(
    names, st.builds(Observed, st.sampled_from(Phase), gpu_sets), max_size=5
)


def apply(observed, actions, *, stopped):
    """The world after these actions; a stopped one has ended at once, or is still on its way."""
    after = dict(observed)
    for action in actions:
        match action:
            case Start(desired):
                after[desired.assignment] = Observed(Phase.RUNNING, desired.gpu_uuids)
            case Stop(assignment):
                after[assignment] = Observed(stopped, observed[assignment].gpu_uuids)
            case Skip(desired):
                after[desired.assignment] = Observed(Phase.ENDED)
            case Remove(assignment):
                del after[assignment]
    return after


@given(desires, observations, moments)
def test_when_everything_is_done_nothing_is_left_to_do(desired, observed, at):
    after = apply(observed, reconcile(desired, observed, at), stopped=Phase.STOPPING)
    assert reconcile(desired, after, at) == []


@given(desires, observations, moments)
def test_it_comes_to_rest_when_stopped_ones_end(desired, observed, at):
    for _ in range(3):
        observed = apply(observed, reconcile(desired, observed, at), stopped=Phase.ENDED)
    assert reconcile(desired, observed, at) == []


@given(desires, observations, moments)
def test_only_what_is_wanted_now_and_was_never_here_is_started(desired, observed, at):
    for action in reconcile(desired, observed, at):
        if isinstance(action, Start):
            each = action.desired
            assert each.run
            assert each.start <= at < each.end
            assert each.assignment not in observed


@given(desires, observations, moments)
def test_no_gpu_is_given_to_two(desired, observed, at):
    taken = [
        gpu for seen in observed.values() if seen.phase is not Phase.ENDED for gpu in seen.gpu_uuids
    ]
    started = [
        gpu
        for action in reconcile(desired, observed, at)
        if isinstance(action, Start)
        for gpu in action.desired.gpu_uuids
    ]
    assert len(set(started)) == len(started)
    assert not set(started) & set(taken)


@given(desires, observations, moments)
def test_everything_that_runs_past_its_end_or_unwanted_is_stopped(desired, observed, at):
    stopped = {each.assignment for each in reconcile(desired, observed, at) if type(each) is Stop}
    for assignment, seen in observed.items():
        each = desired.get(assignment)
        unwanted = each is None or not each.run or at >= each.end
        assert (assignment in stopped) == (seen.phase.goes_on and unwanted)


def test_an_end_is_exclusive_and_a_start_is_not():
    desired = by_name(wanted())
    assert reconcile(desired, {}, NOON - timedelta(microseconds=1)) == []
    assert reconcile(desired, {}, NOON) == [Start(desired[ONE])]
    running = {ONE: Observed(Phase.RUNNING, ("GPU-a",))}
    assert reconcile(desired, running, NOON + MINUTE - timedelta(microseconds=1)) == []
    assert reconcile(desired, running, NOON + MINUTE) == [Stop(ONE, "its window is over")]


def test_the_next_renter_waits_until_the_gpu_is_free():
    desired = by_name(wanted(), wanted(TWO, start=NOON + MINUTE, end=NOON + 2 * MINUTE))
    leaving = {ONE: Observed(Phase.STOPPING, ("GPU-a",))}
    assert reconcile(desired, leaving, NOON + MINUTE) == []
    left = {ONE: Observed(Phase.ENDED, ("GPU-a",))}
    assert reconcile(desired, left, NOON + MINUTE) == [Start(desired[TWO])]


def test_one_that_was_cancelled_before_it_began_is_never_started():
    each = wanted(run=False)
    reason = "never started: the marketplace wants it stopped"
    assert reconcile(by_name(each), {}, NOON) == [Skip(each, reason)]


def test_one_that_is_still_on_its_way_is_stopped_as_one_that_runs():
    starting = {ONE: Observed(Phase.STARTING, ("GPU-a",))}
    assert reconcile(by_name(wanted()), starting, NOON) == []
    assert reconcile(by_name(wanted()), starting, NOON + MINUTE) == [
        Stop(ONE, "its window is over")
    ]
    assert reconcile({}, starting, NOON) == [Stop(ONE, "the marketplace does not list it")]


def test_what_nobody_asks_for_any_more_is_removed_once_it_ended():
    assert reconcile({}, {ONE: Observed(Phase.RUNNING)}, NOON) == [
        Stop(ONE, "the marketplace does not list it")
    ]
    assert reconcile({}, {ONE: Observed(Phase.ENDED)}, NOON) == [Remove(ONE)]


def test_the_highest_generation_wins():
    old, new = wanted(generation=1), wanted(generation=2, run=False)
    assert take_over(by_name(new), [old]) == {ONE: new}
    assert take_over(by_name(old), [new]) == {ONE: new}
    assert take_over({}, [new, old]) == take_over({}, [old, new]) == {ONE: new}


def test_what_is_no_longer_told_is_no_longer_wanted():
    assert take_over(by_name(wanted(), wanted(TWO)), [wanted(TWO)]) == by_name(wanted(TWO))


def test_the_next_edge_is_the_nearest_start_or_end_to_come():
    both = [wanted(), wanted(TWO, start=NOON + 2 * MINUTE, end=NOON + 3 * MINUTE)]
    assert next_edge(both, NOON - MINUTE) == NOON
    assert next_edge(both, NOON) == NOON + MINUTE
    assert next_edge(both, NOON + 3 * MINUTE) is None


GIVES_WAY = NOON + MINUTE


def test_what_gives_way_is_told_once_while_it_runs():
    told = by_name(wanted(evict_at=GIVES_WAY))
    running = {ONE: Observed(Phase.RUNNING, ("GPU-a",))}
    assert reconcile(told, running, NOON) == [Tell(ONE, GIVES_WAY)]
    knows = {ONE: Observed(Phase.RUNNING, ("GPU-a",), told=GIVES_WAY)}
    assert reconcile(told, knows, NOON) == []
    sooner = {ONE: Observed(Phase.RUNNING, ("GPU-a",), told=GIVES_WAY + MINUTE)}
    assert reconcile(told, sooner, NOON) == [Tell(ONE, GIVES_WAY)]
    assert reconcile(told, running, GIVES_WAY) == [Stop(ONE, "its window is over")]


def test_what_has_not_begun_or_is_ending_is_not_told():
    told = by_name(wanted(evict_at=GIVES_WAY))
    for phase in (Phase.STARTING, Phase.STOPPING):
        assert reconcile(told, {ONE: Observed(phase, ("GPU-a",))}, NOON) == []
