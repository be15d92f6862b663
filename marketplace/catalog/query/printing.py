"""A tree as text. Parsing what was printed gives the same tree."""

from marketplace.core.moments import iso_second

from .clauses import shown_length
from .fields import FIELDS
from .tree import And, Comparison, Key, Node, Not, Or, Query, Window


def render(query: Query) -> str:
    parts = [
        _node(query.where) if query.where else "",
        _window(query.window) if query.window else "",
        f"order by {', '.join(map(_key, query.order))}" if query.order else "",
    ]
    return " ".join(filter(None, parts))


def _node(node: Node) -> str:
    match node:
        case Comparison(field, op, values):
            shown = [FIELDS[field].kind.show(value) for value in values]
            listed = op in ("in", "not in")
            return f"{field} {op} " + (f"({', '.join(shown)})" if listed else shown[0])
        case Not(part):
            return f"not {_inner(part, And, Or)}"
        case And(parts):
            return " and ".join(_inner(part, And, Or) for part in parts)
        case Or(parts):
            return " or ".join(_inner(part, Or) for part in parts)


def _inner(part: Node, *bracketed: type) -> str:
    shown = _node(part)
    return f"({shown})" if isinstance(part, bracketed) else shown


def _window(window: Window) -> str:
    start = f" from {iso_second(window.start)}" if window.start else ""
    return f"for {shown_length(window.length)}{start}"


def _key(key: Key) -> str:
    return f"{'-' if key.descending else ''}{key.field}"
