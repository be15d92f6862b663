"""The peer: nomenklatura's logic-v2 on the same candidates, where it is installed.

It needs a compiled ICU and is no dependency of ours: make an environment beside the project
(`python3 -m venv --system-site-packages`, Debian's python3-icu, `pip install nomenklatura`) and run
the bench there. Comparing with every listed name is too slow, so it scores the nearest that our own
index finds, and is never asked for what our index does not propose.
"""

import hashlib
import importlib.util
from collections.abc import Sequence
from typing import Any

from compliance.matching import Index, Listed, Query

NEAREST = 20  # candidates by TF-IDF, the first of our two searches
THRESHOLD = 0.70  # its own default
SCHEMATA = {"person": "Person", "organisation": "Organization", "vessel": "Vessel"}


def installed() -> bool:
    return all(map(importlib.util.find_spec, ("nomenklatura", "followthemoney", "icu")))


class LogicV2:
    """Flags a query when any candidate scores THRESHOLD or more."""

    def __init__(self, index: Index) -> None:
        from followthemoney import model
        from nomenklatura.matching import get_algorithm

        self._index, self._model = index, model
        self._algorithm: Any = get_algorithm("logic-v2")
        self._config = self._algorithm.default_config()
        self._listed: dict[int, Any] = {}

    def flagged(self, queries: Sequence[Query]) -> list[bool]:
        asked = [self._index._asked(query) for query in queries]
        near = [self._index.candidates.grams.find(one.words) for one in asked]
        return [
            self._any(query, [place for place, _ in found[:NEAREST]])
            for query, found in zip(queries, near, strict=True)
        ]

    def _any(self, query: Query, places: Sequence[int]) -> bool:
        mine = self._entity(query.name, query.kind)
        compare = self._algorithm.compare
        return any(
            compare(mine, self._at(place), self._config).score >= THRESHOLD for place in places
        )

    def _at(self, place: int) -> Any:
        if place not in self._listed:
            listed: Listed = self._index._names[place].listed
            self._listed[place] = self._entity(listed.name, listed.kind)
        return self._listed[place]

    def _entity(self, name: str, kind: str) -> Any:
        """The id is of the content: it keeps names by id, and an id used twice loses matches."""
        uid = hashlib.sha256(f"{kind} {name}".encode()).hexdigest()
        entity = {
            "id": uid,
            "schema": SCHEMATA.get(kind, "LegalEntity"),
            "properties": {"name": [name]},
        }
        return self._model.get_proxy(entity)
