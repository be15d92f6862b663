"""Candidates by TF-IDF over three-letter runs and consonants: cosines with every listed name."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

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
    """The listed names as unit vectors, kept by gram. Immutable.

    Each query is summed alone: a product of sparse matrices gained nothing in batches and cost a
    single query four times as much.
    """

    def __init__(self, names: Sequence[Words]) -> None:
        self._names = len(names)
        told = [_grams_of(words) for words in names]
        seen = Counter(gram for some in told for gram in some)
        self._unseen = float(np.log(self._names + 1))
        self._idf = {gram: float(np.log((self._names + 1) / (n + 1))) for gram, n in seen.items()}
        self._square = {gram: idf * idf for gram, idf in self._idf.items()}
        places: dict[str, list[int]] = {gram: [] for gram in seen}
        weights: dict[str, list[float]] = {gram: [] for gram in seen}
        for place, some in enumerate(told):
            norm = self._norm(some)
            for gram in some:
                places[gram].append(place)
                weights[gram].append(self._idf[gram] / norm)
        self._held = {
            gram: _packed(some, np.array(weights[gram]) * self._idf[gram])
            for gram, some in places.items()
        }

    def find(self, asked: Words) -> list[tuple[int, float]]:
        """The nearest listed names as (place, cosine), nearest first."""
        told = _grams_of(asked)
        known = [gram for gram in told if gram in self._idf]
        if not known:
            return []
        strange = 0.5 * (len(told) - len(known)) * self._unseen**2
        norm = self._norm(known, strange)
        places, weights = np.concatenate([self._held[gram] for gram in known], axis=1)
        products = np.bincount(places.view(np.int64), weights)
        return _nearest(products, norm)

    def _norm(self, told: Sequence[str], more: float = 0.0) -> float:
        return float((sum(map(self._square.__getitem__, told)) + more) ** 0.5) or 1.0


def _packed(places: Sequence[int], weights: Any) -> Any:
    """Both in one array, so that those of a query are put together by one call.

    Places are whole numbers of 64 bits; that they lie in an array of floats changes no bit of them.
    """
    return np.stack((np.array(places, dtype=np.int64).view(np.float64), weights))


def _nearest(products: Any, norm: float) -> list[tuple[int, float]]:
    keep = np.flatnonzero(products >= NUMBERS.cosine_weak * norm)
    cosines = products[keep] / norm
    # equal cosines in the order of the list
    best = np.argsort(-cosines, kind="stable")[: NUMBERS.nearest_weak]
    return list(zip(keep[best].tolist(), cosines[best].tolist(), strict=True))
