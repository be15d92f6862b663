"""A two-GPU lease [12:00, 13:00) that runs since 12:00, and its node's reports in minutes."""

from datetime import timedelta

from marketplace.metering import services as metering
from tests import make
from tests.make import HOUR, NOON

MINUTE = timedelta(minutes=1)


def started(renter):
    make.funded(renter)
    made = make.reservation(renter, make.offer(gpus=2), gpus=2)
    make.started(made)
    return made


def minutes(assignment, begin, end, **facts):
    return make.segment(assignment, NOON + begin * MINUTE, NOON + end * MINUTE, **facts)


def send(assignment, *segments, at=NOON + 2 * HOUR):
    return make.accept(machine=assignment.machine, segments=segments, at=at)


def sealed_ms(reservation, at=NOON + 2 * HOUR):
    """Billed milliseconds of each lease after a seal."""
    metering.seal(reservation=reservation, at=at)
    leases = [lease for part in reservation.assignments.all() for lease in part.leases.all()]
    return [metering.covered_ms(lease=lease) for lease in leases]
