"""Bookings that are given up, and what that costs by their schedule."""

from marketplace.brokerage import services as brokerage
from marketplace.catalog import services as catalog
from marketplace.catalog.models import CancellationSchedule
from tests import make
from tests.make import HOUR, NOON

FUNDS = 240_000_000
START = NOON + 48 * HOUR
#: half of the next 24 hours, a tenth of the week after
STEPS = [[24, 5000], [192, 1000]]
#: of 2 GPUs for 4 hours from START at 2.40 USD a tenth; 85 % of it is the provider's
FEE, THEIRS, OURS = 1_920_000, 1_632_000, 288_000


def offer(**facts):
    """Two GPUs under the schedule above."""
    known = CancellationSchedule.objects.filter(code="test").first()
    schedule = known or catalog.publish_schedule(
        code="test", title="Test", steps=STEPS, since=NOON, at=NOON
    )
    return make.offer(**{"gpus": 2, "schedule": schedule, **facts})


def cancelled(renter, of=None, *, at=NOON, gpus=2):
    """Booked from two days later on for four hours, and given up at once."""
    make.funded(renter, FUNDS)
    row = make.reservation(renter, of or offer(), gpus=gpus, start=at + 48 * HOUR, hours=4, at=at)
    brokerage.cancel(reservation=row, by=None, at=at)
    return row
