"""What one import of a list changed, entry by entry, and what followed for those screened here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from compliance.models import ListEntry, ListSnapshot, Rescreening

#: what a reader compares
FIELDS = {
    "kind": "Kind",
    "countries": "Countries",
    "addresses": "Addresses",
    "programs": "Programmes",
    "birth_dates": "Born",
    "identifiers": "Identifiers",
    "remarks": "Remarks",
}
#: so many entries of each kind are laid out; the counts are of all
MOST = 50


@dataclass(frozen=True, slots=True)
class Edit:
    """One field of an entry: what went and what came."""

    field: str
    gone: list[str]
    come: list[str]


@dataclass(frozen=True, slots=True)
class Changed:
    entry: ListEntry
    edits: list[Edit]


@dataclass(frozen=True, slots=True)
class Difference:
    """The first `MOST` of each, in the order of the publisher's numbers, with names loaded."""

    added: list[ListEntry]
    changed: list[Changed]
    dropped: list[ListEntry]
    rescreened: QuerySet[Rescreening]


def difference(*, snapshot: ListSnapshot) -> Difference:
    """Against the import before it; everything of a first import is added."""
    came, went = snapshot.introduced.all(), snapshot.removed.all()
    changed = _first(came.filter(_also(went)))
    earlier = {one.uid: one for one in _named(went.filter(uid__in=[one.uid for one in changed]))}
    return Difference(
        _first(came.exclude(_also(went))),
        [Changed(one, _edits(earlier[one.uid], one)) for one in changed],
        _first(went.exclude(_also(came))),
        snapshot.rescreenings.select_related("party", "decision").order_by("pk"),
    )


def _also(rows: QuerySet[ListEntry]) -> Exists:
    """Whether the same number of the same list is among the rows too."""
    return Exists(rows.filter(uid=OuterRef("uid"), source=OuterRef("source")))


def _first(rows: QuerySet[ListEntry]) -> list[ListEntry]:
    return list(_named(rows)[:MOST])


def _named(rows: QuerySet[ListEntry]) -> QuerySet[ListEntry]:
    return rows.order_by("uid", "pk").prefetch_related("names")


def _edits(before: ListEntry, after: ListEntry) -> list[Edit]:
    told = [("Names", _names(before), _names(after))]
    told += [
        (label, _texts(getattr(before, name)), _texts(getattr(after, name)))
        for name, label in FIELDS.items()
    ]
    return [
        Edit(label, [one for one in old if one not in new], [one for one in new if one not in old])
        for label, old, new in told
        if set(old) != set(new)
    ]


def _names(entry: ListEntry) -> list[str]:
    return [one.name for one in entry.named]


def _texts(value: Any) -> list[str]:
    """A field's values as text; an identifier is a pair of its kind and number."""
    if isinstance(value, str):
        return [value] if value else []
    values: Iterable[Any] = value
    return [" ".join(map(str, one)) if isinstance(one, list) else str(one) for one in values]
