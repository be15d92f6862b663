"""What may stand beside a reservation: found where it does not hold, silent where it does."""

from pathlib import Path

import pytest

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.drawing import document
from marketplace.brokerage.models import Assignment, Lease, Reservation
from marketplace.brokerage.states import COMBINATIONS, LeaseState, State
from marketplace.ledger import services as ledger
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[2] / "docs" / "states.md"


@pytest.fixture
def row(market, harbour):
    make.funded(harbour)
    return make.reservation(harbour, make.offer(gpus=2), gpus=2)


def test_the_page_shows_the_tables_as_they_are():
    assert PAGE.read_text() == document()


def test_every_state_says_what_may_stand_beside_it():
    assert set(COMBINATIONS) == set(State)


def test_a_whole_life_keeps_to_the_table(row):
    assert (row.state, brokerage.illegal()) == ("confirmed", [])
    make.started(row)
    assert brokerage.illegal() == []
    row.refresh_from_db()
    brokerage.stop(reservation=row, by=None, at=NOON + HOUR / 2)
    assert brokerage.illegal() == []
    ledger.release_hold(hold=row.hold)
    brokerage.settled(reservation=row, at=NOON + HOUR)
    assert brokerage.illegal() == []


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        (lambda row: ledger.release_hold(hold=row.hold), "its hold is empty"),
        (
            lambda row: Lease.objects.update(state=LeaseState.RELEASED),
            "its leases are released, released",
        ),
        (lambda row: Lease.objects.first().delete(), "it has 1 leases for 2 GPUs"),
        (lambda row: Assignment.objects.update(observed="running"), "its nodes say running"),
        (
            lambda row: Lease.objects.update(during=(NOON, NOON + 2 * HOUR)),
            "a lease is for another window or machine",
        ),
        (
            lambda row: Assignment.objects.update(machine=make.machine()),
            "a lease is for another window or machine",
        ),
    ],
)
def test_what_does_not_go_together_is_found(breaks, said, row):
    breaks(row)
    assert brokerage.illegal() == [f"reservation {row.public_id} is confirmed, but {said}"]


def test_what_ended_long_ago_is_left_out_unless_it_goes_on(row):
    Lease.objects.update(state=LeaseState.RELEASED)
    late = NOON + 3 * HOUR
    assert len(brokerage.illegal(since=late)) == 1
    Reservation.objects.update(state=State.FAILED)
    assert brokerage.illegal(since=late) == []
    assert len(brokerage.illegal()) == 1


def test_a_gpu_sold_twice_is_found_over_all_history(row):
    lease = Lease.objects.first()
    assert brokerage.sold_twice() == []
    lease.state, lease.started_at, lease.ended_at = "ended", NOON, NOON + HOUR / 2
    lease.save()
    other = Assignment.objects.create(
        reservation=make.bare_reservation(row.renter, row.offer), machine=lease.gpu.machine
    )
    again = Lease.objects.create(
        assignment=other, gpu=lease.gpu, during=(NOON + HOUR / 2, NOON + HOUR), state="confirmed"
    )
    assert brokerage.sold_twice() == []
    again.during = (NOON, NOON + HOUR)
    again.save()
    assert len(brokerage.sold_twice()) == 1
