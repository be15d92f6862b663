"""What the page of a rental says of its workspace: wiped, to be kept, kept, or gone."""

from typing import Any

from django.db.models import QuerySet

from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.keepings import KEEPING_LIVE, KeepingState
from marketplace.brokerage.models import Keeping, Reservation
from marketplace.brokerage.services import CannotKeep
from marketplace.brokerage.states import NEVER_RAN, State
from marketplace.catalog.models import Offer
from marketplace.core.states import IllegalMove
from marketplace.web.sentences import sentence

from .change_forms import GiveUpKeepingForm, KeepForm


def own_keepings(principal: Principal) -> QuerySet[Keeping]:
    """Those of the visitor's organisation; to everybody else they do not exist."""
    rows = Keeping.objects.filter(reservation__renter=principal.organisation)
    return rows.select_related("reservation", "assignment__machine")


def kept(row: Reservation) -> dict[str, Any]:
    """How its workspace stands."""
    keeping = row.keepings.select_related("assignment__machine").order_by("pk").last()
    hourly, why_not = _hourly(row)
    ran = row.state in (State.ACTIVE, State.ENDED, State.SETTLED)
    return {
        "shows_workspace": ran or (row.resumes is not None and row.state not in NEVER_RAN),
        "keeping": keeping,
        "keeps_on": keeping is not None and keeping.state in KEEPING_LIVE,
        "keep_hourly": hourly,
        "keep_gib": hourly // (row.offer.keep_micro_per_gib_hour or 1),
        "why_not_kept": why_not,
        "keep_until": row.during.upper + keeping.length if keeping else None,
        "keep_so_far": keeping.so_far_micro if keeping else 0,
        "taken_over_by": _taken_over_by(keeping),
    }


def keeping_acts(principal: Principal, row: Reservation, facts: dict[str, Any]) -> dict[str, Any]:
    """What may be done with it; `facts` as `kept` tells them."""
    may, keeping, on = principal.may(roles.RENT), facts["keeping"], facts["keeps_on"]
    lies_there = on and keeping.state == KeepingState.KEPT
    free = lies_there and facts["taken_over_by"] is None
    return {
        "can_keep": may and facts["keep_hourly"] > 0 and not on,
        "can_drop": may and on and not lies_there,
        "can_delete": may and free,
        "goes_on_at": _listed(keeping) if may and free else None,
        "keep_form": KeepForm(),
        "give_up_keeping_form": GiveUpKeepingForm(
            initial={"state": keeping.state if keeping else ""}
        ),
    }


def _hourly(row: Reservation) -> tuple[int, str]:
    """What an hour of keeping it costs, or 0 and why it cannot be kept while it runs."""
    try:
        return brokerage.most_micro(reservation=row, hours=1), ""
    except CannotKeep as error:
        return 0, sentence(error)
    except IllegalMove:
        return 0, ""


def _taken_over_by(keeping: Keeping | None) -> Reservation | None:
    """The rental that goes on with it, or is about to."""
    if keeping is None:
        return None
    return keeping.resumed_by.exclude(state__in=NEVER_RAN).order_by("pk").last()


def _listed(keeping: Keeping) -> Offer | None:
    """Under which its machine can be rented now, for the same GPUs if it has others."""
    machine, chip = keeping.assignment.machine, keeping.reservation.offer.chip_id
    rows = sorted(
        Offer.objects.listed().filter(machine=machine), key=lambda offer: offer.chip_id != chip
    )
    return rows[0] if rows else None


def version_of(facts: dict[str, Any]) -> tuple[Any, ...]:
    """Other acts are open once any of these is another."""
    keeping, taken = facts["keeping"], facts["taken_over_by"]
    return (
        (keeping.pk, keeping.state) if keeping else None,
        taken.pk if taken else None,
        facts["keep_hourly"],
    )
