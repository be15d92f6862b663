"""The search index of the lists in force, held in each process and swapped whole."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from .country_names import codes_of
from .matching import Bands, Index, Listed
from .matching.births import days_of
from .matching.identifiers import listed_as
from .models import EntryName, ListEntry, ListSnapshot
from .settling import settle


@dataclass(frozen=True, slots=True)
class _Held:
    snapshots: frozenset[UUID]
    index: Index


_building = threading.Lock()
_held: _Held | None = None


def index_for(snapshots: Sequence[ListSnapshot], bands: Bands | None = None) -> Index:
    """The index over exactly these snapshots; built (about a second per 15,000 names) if new.

    `bands` are those to answer by, the scorer's own if none are given. A request never sees a
    mixture: it holds the index it was given, whatever is swapped in later.
    """
    return _index_over(snapshots).banded(bands or Bands())


def _index_over(snapshots: Sequence[ListSnapshot]) -> Index:
    global _held
    wanted = frozenset(snapshot.public_id for snapshot in snapshots)
    held = _held
    if held and held.snapshots == wanted:
        return held.index
    with _building:
        if _held and _held.snapshots == wanted:
            return _held.index
        built = Index(name for snapshot in snapshots for name in names_of(snapshot))
        _held, held = _Held(wanted, built), None  # the index before is held by nobody here
        settle(built)
    return built


def is_held(snapshots: Sequence[ListSnapshot]) -> bool:
    """Whether `index_for` would answer at once."""
    held = _held
    return held is not None and held.snapshots == {one.public_id for one in snapshots}


def names_of(snapshot: ListSnapshot) -> Iterator[Listed]:
    """Every name the source had as of that snapshot, also after later imports."""
    details = _details(snapshot)
    rows = (
        EntryName.objects.filter(_as_of(snapshot, "entry__"), entry__source=snapshot.source_id)
        .order_by("pk")
        .values_list("entry", "entry__uid", "entry__kind", "entry__content_hash", "name", "kind")
    )
    code = snapshot.source.code
    for entry, uid, kind, content_hash, name, name_kind in rows.iterator(5000):
        content, known = bytes(content_hash).hex(), details.get(entry, NOTHING)
        yield Listed(code, uid, kind, content, name, name_kind, *known)


def _as_of(snapshot: ListSnapshot, entry: str = "") -> Q:
    return Q(**{f"{entry}first_in__lte": snapshot.pk}) & (
        Q(**{f"{entry}dropped_in__isnull": True}) | Q(**{f"{entry}dropped_in__gt": snapshot.pk})
    )


#: countries, birth dates and numbers of an entry
Details = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
NOTHING: Details = ((), (), ())


def _details(snapshot: ListSnapshot) -> dict[int, Details]:
    """By entry, once for all its names; those with nothing to tell are left out."""
    rows = (
        ListEntry.objects.filter(_as_of(snapshot), source=snapshot.source_id)
        .exclude(countries=[], birth_dates=[], identifiers=[])
        .values_list("pk", "countries", "birth_dates", "identifiers")
    )
    return {pk: _detail(*columns) for pk, *columns in rows.iterator(5000)}


def _detail(places: Any, births: Any, identifiers: Any) -> Details:
    countries = codes_of(places)
    numbers = (form for kind, value in identifiers for form in listed_as(kind, value, countries))
    return countries, days_of(births), tuple(dict.fromkeys(numbers))
