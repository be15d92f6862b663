from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from agents.node.reconcile import (
    Keep,
    Observed,
    Phase,
    Remove,
    Skip,
    Start,
    Stop,
    Tell,
    Wipe,
    next_edge,
    reconcile,
    staying,
    take_over,
)

from .build import MINUTE, NOON, ONE, TWO, wanted

names = st.integers(1, 5).map(lambda number: UUID(int=number))
moments = st.integers(-5, 5).map(lambda number: NOON + number * MINUTE)
gpu_sets = st.sets(st.sampled_from(["GPU-a", "GPU-b", "GPU-c"]), min_size=1).map(tuple)
windows = st.tuples(moments, moments).map(sorted)


def by_name(*desired):
    return {each.assignment: each for each in desired}


perhaps_moments, perhaps_names = st.none() | moments, st.none() | names
keepings = st.tuples(perhaps_moments, perhaps_names)
desires = st.dictionaries(
    names, st.tuples(windows, gpu_sets, st.booleans(), keepings), max_size=5
).map(
    lambda found: by_name(
        *(
            wanted(
                name,
                start=window[0],
                end=window[1],
                gpus=gpus,
                run=run,
                keep_until=until,
                resume=resume if resume != name else None,
            )
            for name, (window, gpus, run, (until, resume)) in found.items()
        )
    )
)


def seen(phase, gpus, keep_until, lies_there, resumes):
    """As a runtime shows one: kept only when it is over, going on with another's only before."""
    over = phase is Phase.ENDED
    return Observed(
        phase,
        gpus,
        keep_until=keep_until,
        kept=over and lies_there,
        resumes=None if over else resumes,
    )


observations = st.dictionaries(
    names,
    st.builds(
        seen, st.sampled_from(Phase), gpu_sets, perhaps_moments, st.booleans(), perhaps_names
    ),
    max_size=5,
)


def apply(observed, actions, *, stopped):
    """The world after these actions; a stopped one has ended at once, or is still on its way."""
    after = dict(observed)
    for action in actions:
        match action:
            case Start(desired):
                after[desired.assignment] = Observed(
                    Phase.RUNNING,
                    desired.gpu_uuids,
                    keep_until=desired.keep_until,
                    resumes=desired.resume,
                )
            case Stop(assignment):
                # what it leaves, if it was to leave something
                kept = stopped is Phase.ENDED and after[assignment].keep_until is not None
                resumes = None if stopped is Phase.ENDED else after[assignment].resumes
                after[assignment] = replace(
                    after[assignment], phase=stopped, kept=kept, resumes=resumes
                )
            case Keep(assignment, until):
                after[assignment] = replace(after[assignment], keep_until=until)
            case Wipe(assignment):
                after[assignment] = replace(after[assignment], kept=False)
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


LATER = NOON + 60 * MINUTE
OVER = {ONE: Observed(Phase.ENDED, ("GPU-a",), kept=True)}


@given(desires, observations, moments)
def test_nothing_that_stays_is_wiped(desired, observed, at):
    actions = reconcile(desired, observed, at)
    gone = {each.assignment for each in actions if isinstance(each, Wipe | Remove)}
    kept = {name for name, each in observed.items() if each.kept}
    assert gone & kept == kept - staying(desired, observed, at)


@given(desires, observations, moments)
def test_no_workspace_is_gone_on_with_by_two_or_before_it_is_over(desired, observed, at):
    going = {name: each for name, each in observed.items() if each.phase is not Phase.ENDED}
    actions = reconcile(desired, observed, at)
    begun = [each.desired.resume for each in actions if isinstance(each, Start)]
    begun = [each for each in begun if each]
    assert len(begun) == len(set(begun))
    assert not set(begun) & (set(going) | {each.resumes for each in going.values()})


def test_a_workspace_is_kept_until_its_time_and_then_wiped():
    desired = by_name(wanted(run=False, keep_until=LATER))
    assert reconcile(desired, OVER, LATER - timedelta(microseconds=1)) == []
    assert reconcile(desired, OVER, LATER) == [Wipe(ONE)]
    assert reconcile(by_name(wanted(run=False)), OVER, NOON) == [Wipe(ONE)]
    assert reconcile({}, OVER, NOON) == [Remove(ONE)]


def test_nothing_is_wiped_where_nothing_lies():
    gone = {ONE: replace(OVER[ONE], kept=False)}
    assert reconcile(by_name(wanted(run=False, keep_until=LATER)), gone, LATER) == []


def test_what_runs_is_told_once_that_its_workspace_is_to_stay_or_not():
    for phase in (Phase.STARTING, Phase.RUNNING, Phase.STOPPING):
        knows_not = {ONE: Observed(phase, ("GPU-a",))}
        knows = {ONE: Observed(phase, ("GPU-a",), keep_until=LATER)}
        keeping = by_name(wanted(keep_until=LATER))
        assert reconcile(keeping, knows_not, NOON) == [Keep(ONE, LATER)]
        assert reconcile(keeping, knows, NOON) == []
        assert reconcile(by_name(wanted()), knows, NOON) == [Keep(ONE, None)]


def test_it_is_told_before_it_is_stopped():
    desired = by_name(wanted(run=False, keep_until=LATER))
    reason = "the marketplace wants it stopped"
    running = {ONE: Observed(Phase.RUNNING, ("GPU-a",))}
    assert reconcile(desired, running, NOON) == [Keep(ONE, LATER), Stop(ONE, reason)]


def test_what_another_goes_on_with_stays_past_its_time_while_that_one_is_wanted():
    old, new = wanted(run=False, keep_until=NOON), wanted(TWO, start=LATER, end=LATER, resume=ONE)
    assert reconcile(by_name(old, new), OVER, NOON) == []
    assert reconcile(by_name(new), OVER, NOON) == []
    assert reconcile(by_name(old), OVER, NOON) == [Wipe(ONE)]


def test_what_another_has_not_let_go_of_stays():
    at_it = {TWO: Observed(Phase.STARTING, ("GPU-b",), resumes=ONE)}
    reason = "the marketplace does not list it"
    assert reconcile({}, OVER | at_it, NOON) == [Stop(TWO, reason)]
    leaving = {TWO: Observed(Phase.STOPPING, ("GPU-b",), resumes=ONE)}
    assert reconcile({}, OVER | leaving, NOON) == []
    assert reconcile({}, OVER | {TWO: Observed(Phase.ENDED)}, NOON) == [Remove(ONE), Remove(TWO)]


def test_who_goes_on_with_a_workspace_waits_until_it_is_over_and_let_go():
    new = wanted(TWO, gpus=("GPU-b",), resume=ONE)
    ends = {ONE: Observed(Phase.STOPPING, ("GPU-a",), keep_until=LATER)}
    desired = by_name(wanted(run=False, keep_until=LATER), new)
    assert reconcile(desired, ends, NOON) == []
    assert reconcile(desired, OVER, NOON) == [Start(new)]
    three = UUID(int=3)
    before = {three: Observed(Phase.STOPPING, ("GPU-c",), resumes=ONE)}
    assert reconcile(desired, OVER | before, NOON) == []
    both = by_name(new, wanted(three, gpus=("GPU-c",), resume=ONE))
    assert reconcile(both, OVER, NOON) == [Start(new)]
