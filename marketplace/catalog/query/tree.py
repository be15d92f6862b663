"""What a query is once it was read."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

#: text, a whole number (memory in GB, money in micro-units), a yes or no, a version's parts
Value: TypeAlias = str | int | bool | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`field op value`; several values only with `in` and `not in`."""

    field: str
    op: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple["Node", ...]


Node: TypeAlias = Comparison | Not | And | Or


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the order."""

    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """For how long, and from when; without a start it begins when somebody looks."""

    length: timedelta
    start: datetime | None = None


@dataclass(frozen=True, slots=True)
class Query:
    where: Node | None = None
    window: Window | None = None
    order: tuple[Key, ...] = ()


def comparisons(node: Node | None) -> Iterator[Comparison]:
    match node:
        case Comparison():
            yield node
        case Not(part):
            yield from comparisons(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from comparisons(part)


def mentioned(query: Query) -> frozenset[str]:
    """Names of the fields that decide which offers are found and in which order."""
    wanted = {one.field for one in comparisons(query.where)}
    return frozenset(wanted | {key.field for key in query.order})


def asked(query: Query) -> int:
    """How many GPUs are asked for: the least number that `count` may be, 1 if it is not said.

    Only what every offer must meet is counted, so nothing below `or` or `not`.
    """
    where = query.where
    parts = where.parts if isinstance(where, And) else (where,) if where else ()
    least = [_least(part) for part in parts if isinstance(part, Comparison)]
    return max([1, *least])


def _least(one: Comparison) -> int:
    if one.field != "count" or one.op not in ("=", ">=", ">", "in"):
        return 1
    number = min(value for value in one.values if isinstance(value, int))
    return number + 1 if one.op == ">" else number


def narrowed(query: Query, *more: Node) -> Query:
    """The query with further conditions that must hold too."""
    if not more:
        return query
    held = () if query.where is None else _parts(query.where)
    parts = (*held, *more)
    return replace(query, where=parts[0] if len(parts) == 1 else And(parts))


def _parts(node: Node) -> tuple[Node, ...]:
    return node.parts if isinstance(node, And) else (node,)
