"""The search index of the lists in force, held in each process and swapped whole."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from .matching import Index, Listed
from .models import EntryName, ListSnapshot


@dataclass(frozen=True, slots=True)
class _Held:
    snapshots: frozenset[UUID]
    index: Index


_building = threading.Lock()
_held: _Held | None = None


def index_for(snapshots: Sequence[ListSnapshot]) -> Index:
    """The index over exactly these snapshots; built (about a second per 30,000 names) if new.

    A request never sees a mixture: it holds the index it was given, whatever is swapped in later.
    """
    global _held
    wanted = frozenset(snapshot.public_id for snapshot in snapshots)
    held = _held
    if held and held.snapshots == wanted:
        return held.index
    with _building:
        if _held and _held.snapshots == wanted:
            return _held.index
        built = Index(name for snapshot in snapshots for name in names_of(snapshot))
        _held = _Held(wanted, built)
    return built


def is_held(snapshots: Sequence[ListSnapshot]) -> bool:
    """Whether `index_for` would answer at once."""
    held = _held
    return held is not None and held.snapshots == {one.public_id for one in snapshots}


def names_of(snapshot: ListSnapshot) -> Iterator[Listed]:
    """Every name the source had as of that snapshot, also after later imports."""
    as_of = Q(entry__first_in__lte=snapshot.pk) & (
        Q(entry__dropped_in__isnull=True) | Q(entry__dropped_in__gt=snapshot.pk)
    )
    rows = EntryName.objects.filter(as_of, entry__source=snapshot.source_id).order_by("pk")
    columns = ("entry__uid", "entry__kind", "entry__content_hash", "name", "kind")
    code = snapshot.source.code
    for uid, kind, content_hash, name, name_kind in rows.values_list(*columns).iterator(5000):
        yield Listed(code, uid, kind, bytes(content_hash).hex(), name, name_kind)
