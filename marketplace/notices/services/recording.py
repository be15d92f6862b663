"""The one way in: a verb records what it did in its own transaction, and nothing else waits."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from marketplace.core import hints
from marketplace.core.inserting import insert
from marketplace.notices.models import Notice

SPREAD = "marketplace.notices.tasks.spread"


@dataclass(frozen=True, slots=True)
class Event:
    """What to tell an organisation (by primary key). `key` names the event: told once, ever.

    `facts` are public and named as in the API; `person` is who gets the letter alone.
    """

    kind: str
    organisation: int
    key: str
    facts: dict[str, Any] = field(default_factory=dict)
    person: int | None = None

    @property
    def told_as(self) -> str:
        """The key of its notice."""
        return f"{self.kind}:{self.key}"[:200]


def record(*, events: Iterable[Event], at: datetime) -> None:
    """Write the events in one statement. Letters and webhooks follow by tasks, with sweeps."""
    rows = [
        Notice(
            organisation_id=event.organisation,
            kind=event.kind,
            key=event.told_as,
            facts=event.facts,
            person_id=event.person,
            at=at,
            created_at=at,
        )
        for event in events
    ]
    if rows:
        # in one order, so that two who tell of the same do not wait for each other
        rows.sort(key=lambda row: (row.organisation_id, row.key))
        insert(rows, ignore_conflicts=True)
        hints.after_commit(SPREAD)
