"""What to narrow a search to next: each choice with its number of offers and its query."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from marketplace.brokerage.services import Facets
from marketplace.catalog.query import Comparison, Query, narrowed, render
from marketplace.catalog.query.tree import Value

A_LIST = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a field, how many offers have it, and the query that keeps only those."""

    label: str
    offers: int
    query: str
    field: str


def links(query: Query, counted: Facets) -> list[tuple[str, list[Choice]]]:
    """The lists of choices, most offers first; a list with nothing to choose is left out."""
    found = [
        ("GPU", _choices(query, "gpu", counted.gpu)),
        (_("Country"), _choices(query, "country", counted.country)),
        (_("Memory of each"), _choices(query, "memory", counted.memory_gb, unit=" GB")),
    ]
    return [(name, choices) for name, choices in found if len(choices) > 1]


def _choices(
    query: Query, field: str, counted: Iterable[tuple[Value, int]], unit: str = ""
) -> list[Choice]:
    return [
        Choice(
            f"{value}{unit}", many, render(narrowed(query, Comparison(field, "=", (value,)))), field
        )
        for value, many in list(counted)[:A_LIST]
    ]
