"""Candidates by TF-IDF over three-letter runs and consonants, as one sparse product."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import sparse

from .numbers import NUMBERS
from .sound import skeleton
from .tables import LEGAL, PARTICLES

Words = tuple[str, ...]


@lru_cache(maxsize=262_144)
def grams(word: str) -> tuple[str, ...]:
    """Sorted, so that sums of floats come out the same in every process."""
    edged, bones = f"^{word}$", skeleton(word)
    runs = {edged[place : place + 3] for place in range(len(edged) - 2)}
    return (*sorted(runs), *((f"#{bones}",) if len(bones) > 1 else ()))


def _grams_of(words: Words) -> list[str]:
    told = [word for word in words if word not in LEGAL and word not in PARTICLES]
    return list(dict.fromkeys(gram for word in told for gram in grams(word)))


class Grams:
    """The listed names as unit vectors. Immutable."""

    def __init__(self, names: Sequence[Words]) -> None:
        self._place: dict[str, int] = {}
        columns: list[int] = []
        ends = [0]
        for words in names:
            columns += [self._place.setdefault(g, len(self._place)) for g in _grams_of(words)]
            ends.append(len(columns))
        shape = (len(names), len(self._place))
        seen = np.bincount(np.asarray(columns, dtype=np.int64), minlength=shape[1])
        self._unseen = float(np.log(len(names) + 1))
        self._idf = np.log((len(names) + 1) / (seen + 1)).astype(np.float32)
        held = sparse.csr_matrix((self._idf[columns], columns, ends), shape=shape)
        norm = np.sqrt(np.asarray(held.multiply(held).sum(axis=1)).ravel())
        norm[norm == 0] = 1
        unit = sparse.diags((1 / norm).astype(np.float32)) @ held
        self._listed = sparse.csr_matrix(unit.T, dtype=np.float32)

    def find(self, asked: Sequence[Words]) -> list[list[tuple[int, float]]]:
        """For each query the nearest listed names as (place, cosine), nearest first."""
        if not self._place:
            return [[] for _ in asked]
        found = self._vectors(asked) @ self._listed
        bounds = zip(found.indptr, found.indptr[1:], strict=False)
        return [_nearest(found.indices[a:b], found.data[a:b]) for a, b in bounds]

    def _vectors(self, asked: Sequence[Words]) -> Any:
        ends, columns, values = [0], [], [np.zeros(0, np.float32)]
        for words in asked:
            told = _grams_of(words)
            known = [self._place[gram] for gram in told if gram in self._place]
            weights = self._idf[known]
            strange = 0.5 * (len(told) - len(known)) * self._unseen**2
            values.append(weights / (float(np.sqrt((weights * weights).sum() + strange)) or 1.0))
            columns += known
            ends.append(len(columns))
        shape = (len(asked), len(self._place))
        data = np.concatenate(values).astype(np.float32)
        return sparse.csr_matrix((data, columns, ends), shape=shape)


def _nearest(places: Any, cosines: Any) -> list[tuple[int, float]]:
    keep = np.flatnonzero(cosines >= NUMBERS.cosine_weak)
    # equal cosines in the order of the list: results must not hang on how the batch was cut
    keep = keep[np.lexsort((places[keep], -cosines[keep]))][: NUMBERS.nearest_weak]
    return list(zip(places[keep].tolist(), cosines[keep].tolist(), strict=True))
