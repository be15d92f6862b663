"""Looking for offers, as pages, API and command line do it. Reads only; books nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Count, Window

from compliance import services as compliance
from compliance.services import Question
from marketplace.accounts.models import Organisation
from marketplace.brokerage.taken import counted_at_once, with_free
from marketplace.catalog import searching
from marketplace.catalog.models import Offer, OfferQuerySet
from marketplace.catalog.query import Query
from marketplace.catalog.states import OfferState
from marketplace.catalog.trust.services import tier_of

from .availability import FREE_NOW, offers

Value = TypeVar("Value", str, int)

CHEAPEST_FIRST = ("price_micro_per_gpu_hour", "pk")


@dataclass(frozen=True, slots=True)
class Facets:
    """How many offers there are, in all and by what a renter chooses among.

    Each list has most offers first, and equals in the order of their values.
    """

    total: int
    gpu: list[tuple[str, int]]
    country: list[tuple[str, int]]
    memory_gb: list[tuple[int, int]]


def window_of(query: Query, *, at: datetime) -> tuple[datetime, datetime]:
    """The window that a query looks at: its own, or the hour that begins now."""
    if query.window is None:
        return at, at + FREE_NOW
    start = query.window.start or at
    return start, start + query.window.length


def search(*, query: Query, start: datetime, end: datetime) -> OfferQuerySet:
    """Listed offers that meet the query, in its order and then cheapest first.

    Each has `free` for [start, end), the window decided by the caller: see `window_of`.
    """
    if searching.needs_free(query):
        rows = with_free(Offer.objects.listed(), start=start, end=end)
    else:  # only the rows that are read will be counted, one by one
        rows = offers(start=start, end=end).filter(state=OfferState.LISTED)
    found = searching.apply(query, rows)
    return found.order_by(*searching.order(query.order), *CHEAPEST_FIRST)


def page(*, found: OfferQuerySet, offset: int, limit: int) -> tuple[list[Offer], int]:
    """One page of what a search found, and how many there are in all."""
    if not counted_at_once(found):
        return list(found[offset : offset + limit]), found.count()
    # the count rides along, so that the leases are summed up once
    columns = found.values_list("pk", "free", Window(Count("*")))
    places = list(columns[offset : offset + limit])
    if not places:
        return [], found.count() if offset else 0
    rows = Offer.objects.select_related(
        "chip", "schedule", "machine__site__operator", "machine__trust"
    ).in_bulk([pk for pk, _, _ in places])
    for pk, free, _ in places:
        vars(rows[pk])["free"] = free  # as the annotation would have put it
    return [rows[pk] for pk, _, _ in places], places[0][2]


def facets(found: OfferQuerySet) -> Facets:
    """Count what a search found, in one look."""
    columns = ("chip__name", "chip__memory_gb", "machine__site__country")
    gpu, memory, country = Counter[str](), Counter[int](), Counter[str]()
    for *of, many in found.order_by().values_list(*columns).annotate(many=Count("pk")):
        gpu[of[0]] += many
        memory[of[1]] += many
        country[of[2]] += many
    return Facets(gpu.total(), _ranked(gpu), _ranked(country), _ranked(memory))


def _ranked(counted: Counter[Value]) -> list[tuple[Value, int]]:
    """Most offers first and equals by value: the database groups in no order of its own."""
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))


def standing(
    *, renter: Organisation, offers: Sequence[Offer], start: datetime, end: datetime, at: datetime
) -> dict[int, str]:
    """By offer what the renter may expect of screening for [start, end), as one public word.

    Nothing is decided by it and nothing kept: whoever books is screened then. Empty for an
    organisation that does not rent.
    """
    if not offers or not renter.can_rent:
        return {}
    keys = {row.pk: _asked(row, at) for row in offers}
    asked = {
        keys[row.pk]: Question(
            row.chip, row.machine.site.country, start, end, machine_trust=keys[row.pk][-1]
        )
        for row in offers
    }
    words = compliance.preview(party=renter.party, questions=list(asked.values()), at=at)
    by_question = dict(zip(asked, words, strict=True))
    return {pk: by_question[key] for pk, key in keys.items()}


def _asked(row: Offer, at: datetime) -> tuple[int, str, str]:
    """What makes offers alike to screening."""
    return row.chip_id, row.machine.site.country, tier_of(row.machine, at=at)
