"""Lists as Stripe pages them: newest first, by cursor."""

from collections.abc import Iterable
from typing import Any

from .wire import Json

MOST = 100
BOUNDS = {
    "gt": lambda one, bound: one > bound,
    "gte": lambda one, bound: one >= bound,
    "lt": lambda one, bound: one < bound,
    "lte": lambda one, bound: one <= bound,
}


def page(rows: Iterable[Json], body: Json, url: str, *, by: tuple[str, ...] = ()) -> Json:
    """A page of rows that came oldest first, filtered by `created` and the named fields."""
    found = [
        row
        for row in rows
        if _in_time(row["created"], body.get("created"))
        and all(row.get(name) == body[name] for name in by if name in body)
    ][::-1]
    ids = [row["id"] for row in found]
    if "starting_after" in body:
        found = found[ids.index(body["starting_after"]) + 1 :]
    if "ending_before" in body:
        found = found[: ids.index(body["ending_before"])]
    limit = min(int(body.get("limit", 10)), MOST)
    return {
        "object": "list",
        "data": found[:limit],
        "has_more": len(found) > limit,
        "url": url,
    }


def _in_time(created: int, wanted: Any) -> bool:
    if wanted is None:
        return True
    if not isinstance(wanted, dict):
        return created == int(wanted)
    return all(BOUNDS[name](created, int(bound)) for name, bound in wanted.items())
