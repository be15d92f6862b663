"""The steps of a reservation, and how its parts are reached: of rows that are in no database."""

from datetime import timedelta

import pytest
from psycopg.types.range import TimestamptzRange

from compliance.models import Decision
from marketplace.brokerage.models import Assignment, Reservation
from marketplace.brokerage.states import State
from marketplace.catalog.models import Machine
from marketplace.web.renter.reaching import Line, ways
from marketplace.web.renter.timeline import timeline
from tests.make import HOUR, NOON

MINUTE = timedelta(minutes=1)


def row(state, **facts):
    made = Reservation(
        state=state, created_at=NOON, during=TimestamptzRange(NOON + HOUR, NOON + 3 * HOUR), **facts
    )
    if state not in (State.REQUESTED, State.REFUSED):
        made.decision = Decision(decided_at=NOON + MINUTE)
    return made


def part(progress="", **facts):
    return Assignment(machine=Machine(name="m1"), progress=progress, **facts)


def words(reservation, *parts):
    return [(step.word, step.now, step.todo) for step in timeline(reservation, parts)]


def test_what_is_asked_for_is_screened_next():
    assert words(row(State.REQUESTED)) == [
        ("Reserved", False, False),
        ("Screening", True, False),
        ("Booked", False, True),
        ("Starts", False, True),
        ("Ends", False, True),
        ("Billed", False, True),
    ]


@pytest.mark.parametrize(
    ("state", "parts", "now"),
    [
        (State.HELD, [], "Held"),
        (State.PINNED, [], "Quote"),
        (State.CONFIRMED, [part()], "Booked"),
        (State.CONFIRMED, [part("pulling debian: 4 %")], "Getting ready"),
        (State.ACTIVE, [part(started_at=NOON + HOUR)], "Running"),
        (State.ENDED, [part(started_at=NOON + HOUR)], "Billed"),
        (State.SETTLED, [part(started_at=NOON + HOUR)], "Billed"),
    ],
)
def test_one_step_is_the_one_it_stands_at(state, parts, now):
    facts = {"hold_expires_at": NOON, "booked_at": NOON, "ended_at": NOON + 2 * HOUR}
    assert [word for word, here, _ in words(row(state, **facts), *parts) if here] == [now]


def test_it_runs_since_the_first_part_began():
    begun = [part(started_at=NOON + HOUR + 2 * MINUTE), part(started_at=NOON + HOUR), part()]
    step = timeline(row(State.ACTIVE, booked_at=NOON), begun)[3]
    assert (step.word, step.lead, step.at) == ("Running", "since", NOON + HOUR)


def test_where_it_went_wrong_the_line_ends():
    refused = row(State.REFUSED, ended_at=None)
    assert words(refused) == [("Reserved", False, False), ("Refused", True, False)]
    expired = row(State.EXPIRED, booked_at=NOON, ended_at=NOON + MINUTE)
    steps = timeline(expired, [])
    assert [step.word for step in steps] == ["Reserved", "Screened", "Held", "Expired"]
    assert steps[-1].at == NOON + MINUTE


def test_a_step_tells_how_far_it_is_only_where_the_machine_said_so():
    [pulling, cleaning] = ways([part("pulling a/b:1: 62 %"), part("making its disk")])
    assert (pulling.machine, pulling.step, pulling.percent) == ("m1", "pulling a/b:1", 62)
    assert (cleaning.step, cleaning.percent) == ("making its disk", None)


def test_a_shell_is_a_command_and_a_notebook_a_link():
    doors = [
        {"name": "ssh", "scheme": "ssh", "host": "h", "port": 40_022, "path": ""},
        {"name": "jupyter", "scheme": "http", "host": "h", "port": 1, "path": "/lab?token=x"},
    ]
    [way] = ways([part(endpoints=doors, observed="running")])
    address = "http://h:1/lab?token=x"
    assert way.lines == [
        Line("SSH", "ssh -p 40022 root@h"),
        Line("Jupyter", address, address),
    ]


def test_what_is_over_or_was_never_begun_has_no_way_in():
    assert ways([part(), part("cleaning up", observed="stopped")]) == []
