"""The language in which GPUs are looked for: text in, tree out; pure, the same everywhere.

    gpu ~ H100 and memory >= 80GB and country in (MY, SG) and price < $2.40
    for 72h from 2026-11-27T00:00Z order by price, -memory

`parse` reads a text, `render` writes a tree back (parsing that gives the same tree), and every
error is a QueryError that points at its place. What each field is stands in `fields`.
"""

from .errors import QueryError
from .fields import FIELDS
from .parser import LONGEST, parse
from .printing import render
from .tree import And, Comparison, Key, Node, Not, Or, Query, Window, asked, mentioned, narrowed

__all__ = [
    "FIELDS",
    "LONGEST",
    "And",
    "Comparison",
    "Key",
    "Node",
    "Not",
    "Or",
    "Query",
    "QueryError",
    "Window",
    "asked",
    "mentioned",
    "narrowed",
    "parse",
    "render",
]
