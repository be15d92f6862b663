"""Names as the adapters give them on."""

from collections.abc import Iterable

from .base import MalformedList
from .tables import AGAIN

LONGEST_NAME = 500


def distinct_names(
    file: str, line: int | None, found: Iterable[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    """(name, kind) in the order found, the first saying of a name wins, empty ones left out.

    Raises MalformedList when no name is left or one is longer than any real one.
    """
    names: dict[str, str] = {}
    for raw, kind in found:
        if name := " ".join(raw.split()):
            names.setdefault(checked_name(file, line, name), kind)
    if not names:
        raise MalformedList(file, line, "has no name", AGAIN)
    return tuple(names.items())


def checked_name(file: str, line: int | None, name: str) -> str:
    if not name:
        raise MalformedList(file, line, "has no name", AGAIN)
    if len(name) > LONGEST_NAME:
        raise MalformedList(file, line, f"has a name of {len(name)} characters", AGAIN)
    return name
