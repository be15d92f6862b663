"""A rental that goes on with the workspace of one before it, on the same machine."""

from datetime import datetime

from marketplace.accounts.models import Organisation
from marketplace.brokerage.keepings import KeepingState
from marketplace.brokerage.models import Keeping, Reservation, ReservationQuerySet
from marketplace.brokerage.placement import Together
from marketplace.brokerage.states import NEVER_RAN
from marketplace.catalog.models import Offer
from marketplace.core.times import moment_text

from .windows import BadAsk

GONE = "is not kept any more; its files are gone"
TAKEN = "is what another rental goes on with; cancel that one first"


def lock_keeping(pk: int) -> Keeping:
    """The row until the commit, as it is now. Who locks a reservation too does that before."""
    rows = Keeping.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("assignment__machine", "hold").get(pk=pk)


def waiting_for(keeping: Keeping) -> ReservationQuerySet:
    """The rental, one at most, that is to go on with it, or did."""
    return Reservation.objects.filter(resumes=keeping).exclude(state__in=NEVER_RAN)


def check_resumes(
    *,
    keeping: Keeping,
    renter: Organisation,
    offer: Offer,
    together: Together,
    start: datetime,
    pinned: bool,
) -> None:
    """Raise BadAsk unless this renter may book the offer from `start` on to go on with it."""
    if keeping.reservation.renter_id != renter.pk:
        raise BadAsk("resumes", "is no workspace of yours")
    if pinned:
        raise BadAsk("resumes", "cannot be pinned; book it outright")
    _require_kept(keeping)
    if keeping.assignment.machine_id != offer.machine_id:
        raise BadAsk("resumes", "lies on another machine; book an offer of that one")
    if together != Together.OFFER:
        raise BadAsk("together", "must be the machine of the offer, where the workspace lies")
    until = keeping.until
    if until is not None and start > until:
        raise BadAsk("start", f"must not be after {moment_text(until)}, until when it is kept")


def claim(keeping: Keeping) -> None:
    """Have the workspace stay until the reservation of this transaction is over, or raise BadAsk.

    Whoever ends the keeping waits for the lock, and then sees the reservation.
    """
    _require_kept(lock_keeping(keeping.pk))


def _require_kept(keeping: Keeping) -> None:
    if keeping.state != KeepingState.KEPT:
        raise BadAsk("resumes", GONE)
    if waiting_for(keeping).exists():
        raise BadAsk("resumes", TAKEN)
