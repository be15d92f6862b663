"""What an import changed, by name."""

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from compliance.models import EntryName, ListEntry, ListEntryQuerySet, ListSnapshot, NameKind


@dataclass(frozen=True, slots=True)
class Changes:
    """Entries as `NUMBER NAME`, each list in the publisher's order and cut at the limit."""

    added: list[str]
    changed: list[str]
    dropped: list[str]


def changes_of(*, snapshot: ListSnapshot, limit: int) -> Changes:
    """At most `limit` entries each that the snapshot added, changed (as they are now), dropped."""
    brought = ListEntry.objects.filter(first_in=snapshot)
    taken = ListEntry.objects.filter(dropped_in=snapshot)
    return Changes(
        added=_told(brought.exclude(uid__in=taken.values("uid")), limit),
        changed=_told(brought.filter(uid__in=taken.values("uid")), limit),
        dropped=_told(taken.exclude(uid__in=brought.values("uid")), limit),
    )


def _told(entries: ListEntryQuerySet, limit: int) -> list[str]:
    primary = EntryName.objects.filter(entry=OuterRef("pk"), kind=NameKind.PRIMARY).order_by("pk")
    named = entries.annotate(primary=Subquery(primary.values("name")[:1])).order_by("pk")
    return [f"{uid} {name}" for uid, name in named.values_list("uid", "primary")[:limit]]
