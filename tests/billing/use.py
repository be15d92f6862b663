"""Usage as a node would report it, in minutes since NOON."""

from datetime import timedelta

from marketplace.brokerage import services as brokerage
from marketplace.metering import services as metering
from tests import make
from tests.make import HOUR, NOON

MINUTE = timedelta(minutes=1)


def running(renter, *, gpus=2, **facts):
    """A lease [12:00, 13:00) that runs since 12:00."""
    make.funded(renter)
    made = make.reservation(renter, make.offer(gpus=gpus, **facts), gpus=gpus)
    make.started(made)
    return made


def report(reservation, *spans, final=False, at=NOON + 2 * HOUR):
    """Let the node report these spans of time, and seal them."""
    assignment = reservation.assignments.get()
    segments = [
        make.segment(assignment, NOON + begin, NOON + end, final=final) for begin, end in spans
    ]
    make.accept(machine=assignment.machine, segments=segments, at=at)
    metering.seal(reservation=reservation, at=at)


def minutes(begin, end):
    return (begin * MINUTE, end * MINUTE)


def ended(renter, *, after=10, final=True, **facts):
    """A lease that was used for this long, stopped by its renter, its last usage known."""
    made = running(renter, **facts)
    report(made, minutes(0, after), final=final)
    brokerage.stop(reservation=made, by=None, at=NOON + after * MINUTE)
    return made
