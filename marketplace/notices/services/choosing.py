"""How a person wants to hear of each kind."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.accounts.services import Principal
from marketplace.notices.kinds import BY_CODE, Kind, readable
from marketplace.notices.models import Choice


class FixedKind(Exception):
    """It concerns law or security: it is always told."""


class Way(NamedTuple):
    """A kind, and how this person hears of it."""

    kind: Kind
    by_email: bool
    by_page: bool


def choices_of(*, principal: Principal) -> list[Way]:
    """Of every kind that the person's role may read."""
    chosen = {row.kind: row for row in Choice.objects.filter(person=principal.user)}
    return [
        Way(BY_CODE[code], chosen[code].by_email, chosen[code].by_page)
        if code in chosen
        else Way(BY_CODE[code], BY_CODE[code].letter, True)
        for code in readable(principal.may)
    ]


def choose(*, person: User, ways: dict[str, tuple[bool, bool]], at: datetime) -> None:
    """Keep how to tell of these kinds: (by e-mail, by page) each. Raises FixedKind.

    What is as usual is not kept, so that another usual way reaches who never chose.
    """
    for code in ways:
        if BY_CODE[code].fixed:
            raise FixedKind(f"{code} is always told; leave it out")
    with transaction.atomic():
        usual = [code for code, way in ways.items() if way == (BY_CODE[code].letter, True)]
        Choice.objects.filter(person=person, kind__in=usual).delete()
        for code, (by_email, by_page) in sorted(ways.items()):
            if code not in usual:
                Choice.objects.update_or_create(
                    person=person,
                    kind=code,
                    defaults={"by_email": by_email, "by_page": by_page},
                    create_defaults={
                        "by_email": by_email,
                        "by_page": by_page,
                        "created_at": at,
                    },
                )
