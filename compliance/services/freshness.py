"""Which lists can be screened against at a moment. Old or missing lists stop everything new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from compliance.models import ListSnapshot, ListSource

FRESH, STALE, MISSING = "fresh", "stale", "missing"
#: a snapshot from further in the future than clocks may differ proves nothing about its age
CLOCKS_DIFFER = timedelta(minutes=5)


class ListsNotReady(Exception):
    """A mandatory list is missing or stale; says which and what to do."""


@dataclass(frozen=True, slots=True)
class ListState:
    """`expires` is the first moment at which the snapshot is stale; None when there is none."""

    code: str
    state: str
    snapshot: ListSnapshot | None = None
    expires: datetime | None = None
    title: str = ""


def list_states(*, at: datetime) -> list[ListState]:
    """The state of each mandatory list; an empty answer means that there is no list at all."""
    newest = {
        snapshot.source_id: snapshot
        for snapshot in ListSnapshot.objects.filter(source__mandatory=True)
        .select_related("source")
        .order_by("source_id", "-pk")
        .distinct("source_id")
    }
    sources = ListSource.objects.filter(mandatory=True).order_by("code")
    return [_state(source, newest.get(source.pk), at) for source in sources]


def worst(states: Sequence[ListState]) -> str:
    """The state of the lists as one word: no list counts as a missing one."""
    found = {one.state for one in states}
    if not found or MISSING in found:
        return MISSING
    return STALE if STALE in found else FRESH


def not_ready(states: Sequence[ListState]) -> ListsNotReady:
    """The error that names each list that is not fresh, or that there is none."""
    faults = [f"{one.code} is {one.state}" for one in states if one.state != FRESH]
    return ListsNotReady(
        f"{', '.join(faults) or 'no list was ever imported'}; import it with"
        " `manage.py import_list SOURCE FOLDER`"
    )


def _state(source: ListSource, snapshot: ListSnapshot | None, at: datetime) -> ListState:
    if snapshot is None or (snapshot.sample and not settings.SAMPLE_LISTS):
        return ListState(source.code, MISSING, title=source.title)
    expires = snapshot.imported_at + timedelta(hours=source.max_age_hours)
    state = state_at(snapshot, expires, at)
    return ListState(source.code, state, snapshot, expires, source.title)


def state_at(snapshot: ListSnapshot, expires: datetime, at: datetime) -> str:
    fresh = snapshot.imported_at - CLOCKS_DIFFER <= at < expires
    return FRESH if fresh else STALE
