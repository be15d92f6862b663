"""The database itself refuses what is held, booked or run on a decision that does not fit it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from psycopg.types.range import TimestamptzRange

from marketplace.brokerage.models import Reservation, WindowChange
from marketplace.brokerage.states import MOVES, State
from marketplace.core.states import move
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
LIVE = ("pinned", "held", "confirmed", "payment_due", "active")
WINDOW = TimestamptzRange(NOON, NOON + HOUR)
SHORT = TimestamptzRange(NOON, NOON + HOUR - timedelta(microseconds=1))
LATE = TimestamptzRange(NOON + timedelta(microseconds=1), NOON + HOUR)

MISFITS = {
    "is about another party": lambda of: make.decision(
        make.party("Another Ltd"), **make.about(of, WINDOW)
    ),
    "is about another chip": lambda of: fitting(of, chip=make.chip("A100 80GB")),
    "is about another chip (none)": lambda of: fitting(of, chip=None),
    "is about another site country": lambda of: fitting(of, site_country="SG"),
    "does not cover its window": lambda of: fitting(of, during=SHORT),
    "does not cover its window (begins late)": lambda of: fitting(of, during=LATE),
    "does not cover its window (none)": lambda of: fitting(of, during=None),
    **{
        f"does not allow it ({outcome})": lambda of, outcome=outcome: fitting(of, outcome=outcome)
        for outcome in ("manual_review", "licence_required", "deny_temporary", "deny")
    },
}
EXPIRED = {
    "was not in force (over)": timedelta(days=1),
    "was not in force (not yet)": -timedelta(microseconds=1),
}


@pytest.fixture
def offer(harbour):
    made = make.offer()
    made.party = harbour.party
    return made


def fitting(of, **facts):
    return make.decision(of.party, **{**make.about(of, WINDOW), **facts})


def refused(told):
    return pytest.raises(IntegrityError, match=rf"its decision {told.partition(' (')[0]}")


@pytest.mark.parametrize("misfit", MISFITS)
@pytest.mark.parametrize("state", LIVE)
def test_a_row_on_a_decision_that_does_not_fit(state, misfit, harbour, offer):
    decision = MISFITS[misfit](offer)
    with refused(misfit), transaction.atomic():
        make.bare_reservation(harbour, offer, state=state, decision=decision)
    assert not Reservation.objects.exists()


@pytest.mark.parametrize("misfit", MISFITS)
@pytest.mark.parametrize("state", LIVE)
def test_a_live_row_never_changes_to_such_a_decision(state, misfit, harbour, offer):
    row = make.bare_reservation(harbour, offer, state=state)
    rows = Reservation.objects.filter(pk=row.pk)
    with refused(misfit), transaction.atomic():
        rows.update(decision=MISFITS[misfit](offer))
    assert rows.get().decision == row.decision


@pytest.mark.parametrize("misfit", MISFITS)
def test_a_cleared_row_is_not_held_on_such_a_decision(misfit, harbour, offer):
    row = make.bare_reservation(harbour, offer, state="cleared", decision=MISFITS[misfit](offer))
    with refused(misfit), transaction.atomic():
        move(row, State.HELD, table=MOVES)
    assert Reservation.objects.get().state == "cleared"


@pytest.mark.parametrize("late", EXPIRED)
@pytest.mark.parametrize(("here", "there"), [("cleared", "held"), ("held", "confirmed")])
def test_nothing_is_held_or_confirmed_on_a_decision_not_in_force(here, there, late, harbour, offer):
    row = make.bare_reservation(harbour, offer, state=here)
    with refused(late), transaction.atomic():
        move(row, State(there), table=MOVES, booked_at=NOON + EXPIRED[late])
    assert Reservation.objects.get().state == here
    move(row, State(there), table=MOVES, booked_at=NOON + timedelta(hours=23, minutes=59))


def test_nothing_is_held_without_saying_when(harbour, offer):
    with refused("cannot be dated"), transaction.atomic():
        make.bare_reservation(harbour, offer, state="held", booked_at=None)
    assert not Reservation.objects.exists()


def test_a_window_does_not_grow_past_its_decision(harbour, offer):
    row = make.bare_reservation(harbour, offer, state="active")
    longer = TimestamptzRange(NOON, NOON + 2 * HOUR)
    unsaid = pytest.raises(ProgrammingError, match="moves by a change on record only")
    with unsaid, transaction.atomic():
        Reservation.objects.update(during=longer)
    WindowChange.objects.create(
        reservation=row,
        kind="extended",
        was_until=WINDOW.upper,
        until=longer.upper,
        fee_micro=0,
        decision=row.decision,
        at=NOON,
        idempotency_key="k",
        request_sha256=b"",
    )
    with refused("does not cover its window"), transaction.atomic():
        Reservation.objects.update(during=longer)
    assert Reservation.objects.get().during == WINDOW


def test_what_runs_may_outlive_its_decision_and_end(harbour, offer):
    old = fitting(offer, at=NOON - timedelta(days=3))
    row = make.bare_reservation(
        harbour, offer, state="confirmed", decision=old, booked_at=NOON - timedelta(days=3)
    )
    move(row, State.ACTIVE, table=MOVES)
    move(row, State.ENDED, table=MOVES, ended_at=NOON, decision=fitting(offer, outcome="deny"))
    assert Reservation.objects.get().decision.outcome == "deny"


def test_a_longer_decision_fits_and_what_is_over_rests_on_any(harbour, offer):
    wide = TimestamptzRange(NOON - HOUR, NOON + 2 * HOUR)
    make.bare_reservation(harbour, offer, state="held", decision=fitting(offer, during=wide))
    for state in set(State.values) - set(LIVE):
        make.bare_reservation(
            harbour, offer, state=state, decision=fitting(offer, outcome="deny"), booked_at=None
        )
    assert Reservation.objects.count() == len(State.values) - len(LIVE) + 1
