"""What lower rooms did: they know nothing of notices, so this compares and records."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from compliance.models import CaseEvent, EventKind
from marketplace.accounts.models import Invitation
from marketplace.notices.models import Notice

from .recording import Event, record

#: a sweep that did not run for so long misses nothing
LOOK_BACK = timedelta(days=7)


def catch_up(*, at: datetime) -> int:
    """Record who joined and which reviews were decided; returns how many were new."""
    events = [*_joined(at), *_decided(at)]
    keys = {event.told_as for event in events}
    known = set(Notice.objects.filter(key__in=keys).values_list("key", flat=True))
    new = [event for event in events if event.told_as not in known]
    record(events=new, at=at)
    return len(new)


def _joined(at: datetime) -> Iterator[Event]:
    rows = Invitation.objects.filter(accepted_at__gt=at - LOOK_BACK, accepted_by__isnull=False)
    for row in rows.select_related("accepted_by").order_by("pk"):
        assert row.accepted_by is not None  # noqa: S101  asked for above
        yield Event(
            kind="member.joined",
            organisation=row.organisation_id,
            key=str(row.public_id),
            facts={"email": row.accepted_by.email, "role": row.role},
        )


def _decided(at: datetime) -> Iterator[Event]:
    """That it is done and no more: what was found and why stays with officers."""
    rows = CaseEvent.objects.filter(
        kind=EventKind.DECIDED,
        at__gt=at - LOOK_BACK,
        case__party__organisation__isnull=False,
    )
    for row in rows.select_related("case__party__organisation").order_by("pk"):
        yield Event(
            kind="screening.decided",
            organisation=row.case.party.organisation.pk,
            key=str(row.public_id),
        )
