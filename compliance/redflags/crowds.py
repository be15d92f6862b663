"""Addresses that stand for too many parties to be an office of theirs: R3."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from .addresses import Place
from .finding import Finding


def crowded(
    registered: Iterable[tuple[int, str, str]], *, parties: int
) -> Iterator[tuple[int, Finding]]:
    """Findings for all who share an address with others of so many groups, with whom each is about.

    `registered` are a party's key, its address, and a name that all of one group share (its
    ultimate parent): a group under one roof is one. An address without a number is a town.
    """
    by_place: dict[Place, list[tuple[int, str, str]]] = defaultdict(list)
    for key, address, group in registered:
        place = Place.of(address)
        if place.numbers:
            by_place[place].append((key, address, group))
    for rows in by_place.values():
        groups = {group for _, _, group in rows}
        if len(groups) < parties:
            continue
        for key, address, _ in sorted(rows):
            text = f"{len(groups)} unrelated parties are registered at {address!r}."
            yield key, Finding("R3", text, {"address": address, "reads": "shared"})
