"""Names in scripts that Latin letters do not spell out: what is found, and what stays unread."""

from collections.abc import Iterator, Sequence

from . import arabic, chinese_persons
from .answers import Bands, Listed, Match, Query
from .arabic_words import ARABIC
from .text import HAN, problem_with


class Scripts:
    """The listed names once more, by what each script keeps of them. Safe to share by threads."""

    def __init__(self, names: Sequence[Listed]) -> None:
        self._arabic = arabic.Arabic(names)
        self._chinese = chinese_persons.ChinesePersons(names)

    def find(self, query: Query, bands: Bands) -> Iterator[Match]:
        """Matches beside those that the letters themselves have."""
        if ARABIC.search(query.name):
            yield from self._arabic.find(query, bands)
        elif query.kind != "organisation" and HAN.search(query.name):
            yield from self._chinese.find(query, bands)


def unread(query: Query) -> str:
    """Why a name that finds nothing must not be cleared; empty when it was compared for real.

    Only persons' names: those of firms are translated, and a translation has many forms.
    """
    person = query.kind == "person"
    problem = problem_with(query.name, person=person)
    if problem and person and (arabic.comparable(query) or chinese_persons.comparable(query)):
        return ""
    return problem
