"""Red flags in what renters ask for: R1, R10, R11, R12."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from compliance import services as compliance
from compliance.models import Outcome
from compliance.redflags import Finding, orders
from compliance.redflags.orders import Order
from marketplace.accounts.models import Organisation
from marketplace.brokerage.models import Reservation
from marketplace.brokerage.states import State

#: orders are looked at together for so long; no limit of a kind reaches further back
RECENT = timedelta(days=90)
#: so many of the newest are looked at by a sweep, and while one of them waits to be decided about
MOST, MOST_AT_ONCE = 2000, 100
GONE = (State.REFUSED, State.EXPIRED, State.CANCELLED, State.FAILED)
#: renters who asked for nothing in this time are not looked at again
LOOK_BACK = timedelta(days=2)
#: of a reservation, as `_order` takes them
COLUMNS = (
    "public_id",
    "created_at",
    "offer__chip__name",
    "offer__chip__export_class",
    "gpu_count",
    "during",
    "state",
    "decision__outcome",
)


def renters_to_look_at(*, at: datetime) -> list[Organisation]:
    """Those who asked for something lately."""
    asked = Reservation.objects.filter(created_at__gte=at - LOOK_BACK).values("renter")
    return list(Organisation.objects.filter(pk__in=asked).select_related("party").order_by("pk"))


def look_at_orders(*, renter: Organisation, at: datetime, most: int = MOST) -> int:
    """Raise what a renter's newest orders show together; returns how many flags were new."""
    kinds = compliance.flag_kinds(day=at.date())
    recent = Q(created_at__gte=at - RECENT) | Q(during__endswith__gt=at)
    newest = Reservation.objects.filter(recent, renter=renter).order_by("-pk").values("pk")[:most]
    # chosen before they are joined with what they name: a renter may have thousands
    rows = Reservation.objects.filter(pk__in=newest).order_by("-pk")
    asked = [_order(*row) for row in rows.values_list(*COLUMNS)]
    found: list[Finding] = []
    if "R1" in kinds and renter.party.founded_on:
        found += filter(None, [_first_advanced(renter, **kinds["R1"].parameters)])
    large = orders.out_of_scale(asked, **kinds["R10"].parameters) if "R10" in kinds else []
    if large and not _has_finished(renter):
        found += large
    if "R11" in kinds:
        found += orders.tries_lower(asked, **kinds["R11"].parameters)
    if "R12" in kinds:
        found += orders.like_a_supercomputer(asked, **kinds["R12"].parameters)
    return compliance.note(party=renter.party, findings=found, at=at)


def _first_advanced(renter: Organisation, classes: list[str], founded_after: str) -> Finding | None:
    rows = Reservation.objects.filter(renter=renter, offer__chip__export_class__in=classes)
    first = rows.order_by("pk").values_list(*COLUMNS).first()
    return orders.first_advanced(
        _order(*first) if first else None,
        founded_on=renter.party.founded_on,
        founded_after=date.fromisoformat(founded_after),
    )


def _has_finished(renter: Organisation) -> bool:
    over = [State.ENDED, State.SETTLED]
    return Reservation.objects.filter(renter=renter, state__in=over).exists()


def _order(
    public_id: UUID,
    asked_at: datetime,
    chip: str,
    chip_class: str,
    gpus: int,
    during: Any,  # a range, both of whose ends are known by its constraint
    state: str,
    outcome: str | None,
) -> Order:
    # a list that was stale for an hour says nothing about the renter
    told = (None, Outcome.ALLOW, Outcome.ALLOW_LICENCE, Outcome.DENY_TEMPORARY)
    return Order(
        id=str(public_id),
        asked_at=asked_at,
        chip=chip,
        chip_class=chip_class,
        gpus=gpus,
        start=during.lower,
        end=during.upper,
        refused=outcome not in told,
        stands=state not in GONE,
    )
