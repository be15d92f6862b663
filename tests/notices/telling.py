"""Notices and letters as tests make and send them."""

from typing import Any

from marketplace.notices import services as notices
from marketplace.notices.models import Letter, Notice
from tests.make import NOON


def tell(
    of: Any, kind: str = "reservation.failed", *, key: str = "k", at: Any = NOON, **facts: Any
):
    """Record one event for an organisation; returns its notice."""
    person = facts.pop("person", None)
    event = notices.Event(
        kind=kind, organisation=of.pk, key=key, facts=facts, person=person and person.pk
    )
    notices.record(events=[event], at=at)
    return Notice.objects.get(organisation=of, key=f"{kind}:{key}")


def spread(at: Any = NOON) -> None:
    for row in Notice.objects.unspread().order_by("pk"):
        notices.spread(notice=row, at=at)


def send(at: Any = NOON) -> None:
    for row in Letter.objects.due(at=at).order_by("pk"):
        notices.send(letter=row, at=at)
