"""A query of the search language as conditions and an order of the ORM."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, Func, IntegerField, Q, Value
from django.db.models.expressions import Combinable, OrderBy

from . import ranks
from .models import OfferQuerySet
from .query import And, Comparison, Key, Node, Not, Or, Query, asked, mentioned
from .query.tree import Value as Known

COLUMNS: Final = {
    "gpu": "chip__name",
    "memory": "chip__memory_gb",
    "count": "free",
    "total_memory": "total_memory",
    "price": "price_micro_per_gpu_hour",
    "spot": "spot_floor_micro",
    "price_per_hour": "price_per_hour",
    "country": "machine__site__country",
    "city": "machine__site__city",
    "site": "machine__site__name",
    "operator": "machine__site__operator__name",
    "cuda": "cuda",
    "driver": "driver",
    "export_class": "chip__export_class",
    "trust": "trust",
    "location": "location",
    "reliability": "machine__reliability_bps",
    "simulated": "machine__simulated",
}
#: what depends on the leases of the window
ON_FREE: Final = frozenset({"count", "total_memory"})
NULLABLE: Final = frozenset({"spot", "reliability"})
TEXTS: Final = frozenset({"gpu", "city", "site", "operator"})
LOOKUPS: Final = {"=": "", "<": "__lt", "<=": "__lte", ">": "__gt", ">=": "__gte"}


class Release(Func):
    """A version as its numbers, to be compared one by one; what is none comes before all."""

    template = (
        r"CASE WHEN %(expressions)s ~ '^\d{1,6}(\.\d{1,6}){0,5}$'"
        r" THEN string_to_array(%(expressions)s, '.')::int[] ELSE '{}'::int[] END"
    )
    output_field = ArrayField(IntegerField())


def needs_free(query: Query) -> bool:
    """Whether what is free decides which offers are found or in which order."""
    return bool(mentioned(query) & ON_FREE)


def apply(query: Query, offers: OfferQuerySet) -> OfferQuerySet:
    """The offers that meet the query, in its order; each must carry `free`."""
    fields = mentioned(query)
    made = {name: make(query) for name, make in DERIVED.items() if name in fields}
    rows = offers.alias(**made)
    if query.where is not None:
        rows = rows.filter(_condition(query.where))
    return rows.order_by(*order(query.order)) if query.order else rows


def order(keys: Iterable[Key]) -> list[OrderBy]:
    """Keys as the ORM orders by them."""
    return [_ordered(key) for key in keys]


def _ordered(key: Key) -> OrderBy:
    column = F(COLUMNS[key.field])
    if key.field in NULLABLE:  # who says nothing of it comes last, either way
        return column.desc(nulls_last=True) if key.descending else column.asc(nulls_last=True)
    return column.desc() if key.descending else column.asc()


DERIVED: Final[Mapping[str, Callable[[Query], Combinable]]] = {
    "total_memory": lambda query: F("chip__memory_gb") * F("free"),
    # the column is a bigint, and so must the product be
    "price_per_hour": lambda query: (
        F("price_micro_per_gpu_hour") * Value(asked(query), output_field=BigIntegerField())
    ),
    "cuda": lambda query: Release(F("machine__cuda_version")),
    "driver": lambda query: Release(F("machine__driver_version")),
    "trust": lambda query: ranks.trust(),
    "location": lambda query: ranks.location(),
}


def _condition(node: Node) -> Q:
    match node:
        case Comparison():
            return _comparison(node)
        case Not(part):
            return ~_condition(part)
        case And(parts):
            return _joined(parts, Q.AND)
        case Or(parts):
            return _joined(parts, Q.OR)


def _joined(parts: Iterable[Node], connector: str) -> Q:
    return Q(*map(_condition, parts), _connector=connector)


def _comparison(one: Comparison) -> Q:
    if one.op in ("!=", "not in"):
        return ~Q(*_same(one), _connector=Q.OR)
    if one.op in ("=", "in"):
        return Q(*_same(one), _connector=Q.OR)
    column, value = COLUMNS[one.field], _bound(one.values[0])
    return Q(**{column + ("__icontains" if one.op == "~" else LOOKUPS[one.op]): value})


def _same(one: Comparison) -> list[Q]:
    column = COLUMNS[one.field]
    if one.field in TEXTS:  # names are typed in whatever case
        return [Q(**{f"{column}__iexact": value}) for value in one.values]
    if isinstance(one.values[0], tuple):
        return [Q(**{column: _bound(value)}) for value in one.values]
    return [Q(**{f"{column}__in": one.values})]


def _bound(value: Known) -> Any:
    return list(value) if isinstance(value, tuple) else value
