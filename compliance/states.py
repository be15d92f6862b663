"""What a case can be, and how it gets from one state to the next."""

from typing import Final

from django.db.models import TextChoices


class CaseState(TextChoices):
    OPEN = "open"
    ASSIGNED = "assigned"
    WAITING = "waiting", "waiting for information"
    ESCALATED = "escalated"
    PROPOSED = "proposed", "a verdict is proposed"
    DECIDED = "decided"
    CLOSED = "closed"


LIVE: Final = frozenset(set(CaseState) - {CaseState.DECIDED, CaseState.CLOSED})

MOVES: Final[dict[str, frozenset[str]]] = {
    CaseState.OPEN: frozenset({CaseState.ASSIGNED, CaseState.ESCALATED}),
    CaseState.ASSIGNED: frozenset({CaseState.WAITING, CaseState.ESCALATED, CaseState.PROPOSED}),
    CaseState.WAITING: frozenset({CaseState.ASSIGNED, CaseState.ESCALATED, CaseState.PROPOSED}),
    CaseState.ESCALATED: frozenset({CaseState.ASSIGNED, CaseState.WAITING, CaseState.PROPOSED}),
    # the database lets a case be decided only on the signatures of two people
    CaseState.PROPOSED: frozenset({CaseState.ASSIGNED, CaseState.DECIDED}),
    CaseState.DECIDED: frozenset({CaseState.CLOSED}),
    CaseState.CLOSED: frozenset(),
}
