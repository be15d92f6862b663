"""One adapter per published list, all of the same shape."""

from .base import MalformedList, ParsedEntry, Source
from .ofac_sdn import OfacSdn

__all__ = ["SOURCES", "MalformedList", "ParsedEntry", "Source", "UnknownSource", "source"]

SOURCES: dict[str, Source] = {adapter.code: adapter for adapter in (OfacSdn(),)}


class UnknownSource(Exception):
    """There is no adapter of that code."""


def source(code: str) -> Source:
    """The adapter of a list. Raises UnknownSource naming those there are."""
    try:
        return SOURCES[code]
    except KeyError:
        known = ", ".join(sorted(SOURCES))
        raise UnknownSource(f"no list source {code!r}; there are: {known}") from None
