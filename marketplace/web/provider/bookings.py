"""Who has which GPUs when: one line for what a reservation has on a machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organisation
from marketplace.brokerage.models import Lease
from marketplace.web.sentences import listed

#: leases that a page reads; eight GPUs make one line
MOST = 400


@dataclass(frozen=True, slots=True)
class Booking:
    """Of the renter only the reservation's public id is shown."""

    machine: str
    gpus: str
    state: str
    start: datetime
    end: datetime
    reservation: UUID


def live_leases(of: Organisation) -> QuerySet[Lease]:
    """Those that take a GPU now or later."""
    rows = Lease.objects.live().filter(gpu__machine__site__operator=of)
    return rows.select_related("gpu__machine", "assignment__reservation")


def bookings(leases: QuerySet[Lease]) -> list[Booking]:
    """Soonest first."""
    rows = leases.order_by("during", "assignment", "state", "gpu__index")[:MOST]
    grouped = groupby(rows, key=lambda row: (row.during, row.assignment_id, row.state))
    return [_booking(list(group)) for _key, group in grouped]


def _booking(leases: Sequence[Lease]) -> Booking:
    first = leases[0]
    return Booking(
        first.gpu.machine.name,
        _spelled([lease.gpu.index for lease in leases]),
        first.state,
        first.during.lower,
        first.during.upper,
        first.assignment.reservation.public_id,
    )


def _spelled(places: Sequence[int]) -> str:
    """[0, 1, 2, 3] as "GPUs 0 to 3", [0, 2] as "GPUs 0, 2"."""
    if len(places) == 1:
        return _("GPU %(place)s") % {"place": places[0]}
    if places[-1] - places[0] == len(places) - 1 and len(places) > 2:
        ends = {"first": places[0], "last": places[-1]}
        return _("GPUs %(first)s to %(last)s") % ends
    return _("GPUs %(places)s") % {"places": listed(places)}
