"""One adapter per published list, all of the same shape."""

from .base import MalformedList, ParsedEntry, Source
from .bis_dpl import BisDpl
from .eu_fsf import EuFsf
from .ofac_cons import OfacCons
from .ofac_sdn import OfacSdn
from .uk_sl import UkSl
from .un_sc import UnSc
from .us_csl import UsCsl

__all__ = ["SOURCES", "MalformedList", "ParsedEntry", "Source", "UnknownSource", "source"]

ADAPTERS: tuple[Source, ...] = (
    OfacSdn(),
    OfacCons(),
    UsCsl(),
    UnSc(),
    EuFsf(),
    UkSl(),
    BisDpl(),
)
SOURCES = {adapter.code: adapter for adapter in ADAPTERS}


class UnknownSource(Exception):
    """There is no adapter of that code."""


def source(code: str) -> Source:
    """The adapter of a list. Raises UnknownSource naming those there are."""
    try:
        return SOURCES[code]
    except KeyError:
        known = ", ".join(sorted(SOURCES))
        raise UnknownSource(f"no list source {code!r}; there are: {known}") from None
