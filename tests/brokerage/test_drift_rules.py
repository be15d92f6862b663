"""Which differences between rows and machines there are: the pure rule, each kind alone."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from marketplace.brokerage.drift import MENDED_BY, Difference, Kind, Part, Said, compare
from tests.make import HOUR, NOON

ONE, OTHER = UUID(int=1), UUID(int=2)
HERE = 7
PART = Part(
    assignment=ONE,
    machine=HERE,
    reservation=5,
    generation=3,
    observed="running",
    run=True,
    withdrawn=False,
    start=NOON,
    end=NOON + HOUR,
    gpus=frozenset({"GPU-a", "GPU-b"}),
)
SAID = Said(ONE, 3, "running", PART.gpus, PART.end)


def look(parts, said, at=NOON):
    return list(compare(parts, {HERE: said}, at))


def told(kind, ought, found):
    return [Difference(kind, ONE, HERE, 5, ought, found, MENDED_BY[kind])]


def test_nothing_where_both_say_the_same():
    assert look([PART], [SAID]) == []
    assert look([], []) == []


@pytest.mark.parametrize(
    ("part", "said", "kind", "ought", "found"),
    [
        ({}, {"gpus": frozenset({"GPU-a"})}, Kind.GPUS, "GPU-a, GPU-b", "GPU-a"),
        ({}, {"gpus": frozenset()}, Kind.GPUS, "GPU-a, GPU-b", "none"),
        (
            {},
            {"end": NOON + 2 * HOUR},
            Kind.END,
            "2026-11-24T13:00:00+00:00",
            "2026-11-24T14:00:00+00:00",
        ),
        ({}, {"generation": 2}, Kind.GENERATION, "3", "2"),
        ({}, {"generation": 4}, Kind.GENERATION, "3", "4"),
        ({}, {"state": "stopped"}, Kind.STATE, "running", "stopped"),
        ({"observed": "starting"}, {}, Kind.STATE, "starting", "running"),
        ({"run": False}, {}, Kind.UNWANTED, "not to run", "running"),
        ({"withdrawn": True}, {"state": "starting"}, Kind.UNWANTED, "not to run", "starting"),
        ({"end": NOON}, {}, Kind.UNWANTED, "not to run", "running"),
    ],
)
def test_each_kind_alone(part, said, kind, ought, found):
    assert look([replace(PART, **part)], [replace(SAID, **said)]) == told(kind, ought, found)


@pytest.mark.parametrize("observed", ["pending", "starting", "running"])
def test_what_should_run_and_is_not_there(observed):
    part = replace(PART, observed=observed)
    assert look([part], []) == told(Kind.MISSING, observed, "nothing")


def test_what_runs_and_is_in_no_row():
    stray = Said(OTHER, 0, "starting", None, None)
    assert look([], [stray]) == [
        Difference(
            Kind.UNKNOWN,
            OTHER,
            HERE,
            None,
            "nothing",
            "starting, generation 0",
            "agents.node.reconcile",
        )
    ]


@pytest.mark.parametrize(
    "part",
    [
        {"run": False},
        {"withdrawn": True},
        {"start": NOON + timedelta(microseconds=1)},
        {"end": NOON},
    ],
)
def test_what_need_not_run_now_is_not_missed(part):
    assert look([replace(PART, **part)], []) == []


def test_what_ended_needs_no_row_and_no_gpus():
    over = replace(SAID, state="stopped", gpus=frozenset(), end=None, generation=1)
    assert look([], [over]) == []
    assert look([replace(PART, observed="stopped", run=False)], [over]) == []


def test_an_agent_that_does_not_tell_is_not_doubted():
    assert look([PART], [replace(SAID, gpus=None, end=None)]) == []


def test_a_machine_that_said_nothing_is_left_out():
    assert list(compare([PART], {}, NOON)) == []


def test_another_machine_that_runs_it_is_unknown_there_and_it_is_missing_here():
    found = compare([PART], {HERE: [], 8: [SAID]}, NOON)
    assert {(one.kind, one.machine) for one in found} == {(Kind.MISSING, HERE), (Kind.UNKNOWN, 8)}
