"""What new rules would mean for the renters and reservations of today."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from compliance import services as compliance
from marketplace.accounts.models import Organisation
from marketplace.brokerage.models import Reservation
from marketplace.brokerage.states import State

from .brokering import question

#: a new rule can still stop these
STOPPABLE = (State.REQUESTED, State.CLEARED, State.HELD, State.CONFIRMED, State.ACTIVE)


def rehearse_policy(*, rules: Path, at: datetime) -> Iterator[compliance.Change]:
    """Each organisation's party, and each reservation not over, that would come out otherwise.

    Writes nothing. Raises MalformedRule before the first.
    """
    return compliance.rehearse(rules=rules, cases=_cases(at), at=at)


def _cases(at: datetime) -> Iterator[compliance.Case]:
    for organisation in Organisation.objects.select_related("party").order_by("pk"):
        yield compliance.Case(f"organisation {organisation}", organisation.party)
    live = Reservation.objects.filter(state__in=STOPPABLE, during__endswith__gt=at)
    related = ("renter__party", "offer__chip", "offer__machine__site")
    for reservation in live.select_related(*related).order_by("pk"):
        label = f"{reservation.state} reservation {reservation.public_id}"
        yield compliance.Case(label, reservation.renter.party, question(reservation))
