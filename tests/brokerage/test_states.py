from itertools import product

import pytest

from marketplace.brokerage import states
from marketplace.core.states import IllegalMove, LostRace, move
from marketplace.ledger import services as ledger
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


def needed(row, there):
    """What the database wants with a move: a quote runs out, what is due is said or paid."""
    if there == states.State.PAYMENT_DUE:
        return {"due_micro": 1, "pay_by": NOON + HOUR}
    if row.state == states.State.PAYMENT_DUE:
        return {"due_micro": 0, "pay_by": None}
    if there == states.State.PINNED:
        return {"pin_slot": 1, "hold_expires_at": NOON + HOUR}
    if row.state == states.State.PINNED and there == states.State.CONFIRMED:
        wallet = make.funded(row.renter)
        return {"hold": ledger.place_hold(key="edge", account=wallet, amount=1)}
    return {}


@pytest.mark.parametrize(("here", "there"), list(product(states.State, states.State)))
def test_every_edge_of_the_reservation_table(here, there, harbour, offer_row):
    row = make.bare_reservation(harbour, offer_row, state=here)
    if there in states.MOVES[here]:
        move(row, there, table=states.MOVES, **needed(row, there))
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
