"""Every party again: when a list may mean it, when it changed, and every day."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction

from compliance.models import Decision, Outcome, Party, Rescreening
from compliance.models.above import above_many
from marketplace.core.sweeps import sweep

from .freshness import FRESH, list_states, worst
from .judging import LONGEST
from .screening import screen

CHUNK = 1000


def rescreen_waiting(*, at: datetime) -> None:
    """Decide about every party that a changed list may mean. While a list is stale all wait."""
    if worst(list_states(at=at)) != FRESH:
        return
    waiting = Rescreening.objects.filter(decision=None).values("party")
    parties = Party.objects.filter(pk__in=waiting).order_by("pk")
    sweep(parties, lambda party: _rescreen_waiting(party, at))


def _rescreen_waiting(party: Party, at: datetime) -> None:
    """Decision and mark together; what another worker has in hand is left to it."""
    with transaction.atomic():
        rows = Rescreening.objects.select_for_update(skip_locked=True, no_key=True)
        # only these: one that comes now may be about a list that this decision did not see
        keys = list(rows.filter(party=party, decision=None).values_list("pk", flat=True))
        if keys:
            decision = screen(party=party, question=None, at=at)
            Rescreening.objects.filter(pk__in=keys).update(decision=decision)


def rescreen_due(*, at: datetime) -> None:
    """Decide about every party without a decision of the last day about what it is now.

    While a list is stale nobody is: nothing new is cleared then anyway.
    """
    if worst(list_states(at=at)) == FRESH:
        for parties in _chunks():
            due = _due(parties, at)
            sweep(due, lambda party: rescreen_party(party=party, at=at))


def rescreen_party(*, party: Party, at: datetime) -> None:
    """Decide about the party if that is due and nobody else is at it."""
    if worst(list_states(at=at)) != FRESH:
        return
    with transaction.atomic():
        rows = Party.objects.select_for_update(skip_locked=True, no_key=True)
        if _due(list(rows.filter(pk=party.pk)), at):
            screen(party=party, question=None, at=at)


def _chunks() -> Iterator[list[Party]]:
    reached = 0
    while parties := list(Party.objects.filter(pk__gt=reached).order_by("pk")[:CHUNK]):
        yield parties
        reached = parties[-1].pk


def _due(parties: Sequence[Party], at: datetime) -> list[Party]:
    keys = [party.pk for party in parties]
    newest = (
        Decision.objects.filter(party__in=keys, decided_at__gt=at - LONGEST)
        .exclude(outcome=Outcome.DENY_TEMPORARY)
        .order_by("party_id", "-decided_at", "-pk")
        .distinct("party_id")
    )
    seen = {key: bytes(known) for key, known in newest.values_list("party_id", "party_hash")}
    above = above_many(keys)
    return [
        party
        for party in parties
        if seen.get(party.pk) != hashlib.sha256(party.content(above[party.pk]).encode()).digest()
    ]
