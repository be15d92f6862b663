"""The addresses of the lists in force, held in each process and swapped whole."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from django.db.models import Q

from .models import ListEntry, ListSnapshot
from .redflags.addresses import Addresses, ListedAddress


def addresses_for(snapshots: Sequence[ListSnapshot]) -> Addresses:
    """The addresses that exactly these snapshots hold."""
    return _built(tuple(sorted((snapshot.source_id, snapshot.pk) for snapshot in snapshots)))


@lru_cache(maxsize=1)
def _built(snapshots: tuple[tuple[int, int], ...]) -> Addresses:
    return Addresses(one for source, snapshot in snapshots for one in _listed(source, snapshot))


def _listed(source: int, snapshot: int) -> Iterator[ListedAddress]:
    """As of that snapshot, also after later imports."""
    there = Q(dropped_in__isnull=True) | Q(dropped_in__gt=snapshot)
    rows = ListEntry.objects.filter(there, source=source, first_in__lte=snapshot)
    columns = rows.exclude(addresses=[]).values_list("source__code", "uid", "addresses")
    for code, uid, addresses in columns.iterator(5000):
        for text in addresses:
            yield ListedAddress(code, uid, text)
