"""What new rules would mean for the renters and reservations of today."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db.models import QuerySet

from compliance import services as compliance
from compliance.models import PolicyRule
from marketplace.accounts.models import Organisation
from marketplace.brokerage.models import Reservation
from marketplace.brokerage.states import OPEN, SET_ASIDE

from .brokering import question

#: a new rule can still stop these
STOPPABLE = (*OPEN, *SET_ASIDE)


def rehearse_policy(*, rules: Path, at: datetime) -> Iterator[compliance.Change]:
    """Each organisation's party, and each reservation not over, that would come out otherwise.

    Writes nothing. Raises MalformedRule before the first.
    """
    return compliance.rehearse(rules=rules, cases=_cases(at), at=at)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """`looked_at` of `all` cases were judged twice; `changes` are those that came out otherwise."""

    looked_at: int
    all: int
    changes: list[compliance.Change]


def rehearse_rule(*, rule: PolicyRule, at: datetime, most: int) -> Rehearsal:
    """What one version of a rule does to the customers of today, the first `most` of them.

    Writes nothing.
    """
    cases = list(islice(_cases(at), most))
    changes = compliance.rehearse_rule(rule=rule, cases=cases, at=at)
    return Rehearsal(len(cases), Organisation.objects.count() + _live(at).count(), list(changes))


def _cases(at: datetime) -> Iterator[compliance.Case]:
    for organisation in Organisation.objects.select_related("party").order_by("pk"):
        yield compliance.Case(f"organisation {organisation}", organisation.party)
    related = ("renter__party", "offer__chip", "offer__machine__site", "offer__machine__trust")
    for reservation in _live(at).select_related(*related).order_by("pk"):
        label = f"{reservation.state} reservation {reservation.public_id}"
        yield compliance.Case(label, reservation.renter.party, question(reservation, at))


def _live(at: datetime) -> QuerySet[Reservation]:
    return Reservation.objects.filter(state__in=STOPPABLE, during__endswith__gt=at)
