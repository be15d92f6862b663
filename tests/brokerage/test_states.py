from itertools import product

import pytest

from marketplace.brokerage import states
from marketplace.core.states import IllegalMove, LostRace, move
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("here", "there"), list(product(states.State, states.State)))
def test_every_edge_of_the_reservation_table(here, there, harbour, offer_row):
    row = make.bare_reservation(harbour, offer_row, state=here)
    if there in states.MOVES[here]:
        move(row, there, table=states.MOVES)
        assert row.state == there
    else:
        with pytest.raises(IllegalMove):
            move(row, there, table=states.MOVES)
    row.refresh_from_db()
    assert (row.state == there) == (there in states.MOVES[here] or here == there)


def test_a_stale_copy_loses(harbour, offer_row):
    row = make.bare_reservation(harbour, offer_row, state="requested")
    stale = type(row).objects.get(pk=row.pk)
    move(row, states.State.CANCELLED, table=states.MOVES)
    with pytest.raises(LostRace):
        move(stale, states.State.REFUSED, table=states.MOVES)
    row.refresh_from_db()
    assert row.state == "cancelled"


@pytest.fixture
def offer_row(db):
    return make.offer()


def test_every_state_has_a_row_in_its_table():
    assert set(states.MOVES) == set(states.State)
    assert set(states.LEASE_MOVES) == set(states.LeaseState)
    assert set(states.OBSERVED_MOVES) == set(states.Observed)
