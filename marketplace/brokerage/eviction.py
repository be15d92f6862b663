"""Which interruptible rentals make room for another: the published rule, pure.

The fewest that suffice; of those the ones that pay least in an hour together; of those the ones
that began last. Whoever pays the full price may take the place of any of them, a bid only that of
a lower one; that is decided by whoever puts the question.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contender:
    """A rental that may be asked to go; `gpus` are those that would be free without it."""

    pk: int
    bid_micro: int
    began: int
    gpus: frozenset[int]

    @property
    def loss(self) -> tuple[int, int, int]:
        """What its going costs: itself, its price for an hour, and its age."""
        return 1, self.bid_micro * len(self.gpus), -self.began


@dataclass(frozen=True, slots=True)
class _Way:
    loss: tuple[int, int, int] = (0, 0, 0)
    chosen: tuple[Contender, ...] = ()

    def and_also(self, one: Contender) -> "_Way":
        count, price, age = (ours + more for ours, more in zip(self.loss, one.loss, strict=True))
        return _Way((count, price, age), (*self.chosen, one))

    @property
    def rank(self) -> tuple[tuple[int, int, int], tuple[int, ...]]:
        return self.loss, tuple(one.pk for one in self.chosen)


def choose(contenders: Sequence[Contender], need: int) -> tuple[Contender, ...] | None:
    """Those that must go so that `need` GPUs become free, in ascending pk; None: even all of them
    would not do.

    Exact: the best way to free g GPUs or more is kept for every g up to `need`.
    """
    if need <= 0:
        raise ValueError("at least one GPU")
    best: list[_Way | None] = [_Way(), *[None] * need]
    useful = (one for one in contenders if one.gpus)
    for one in sorted(useful, key=lambda contender: contender.pk):
        for freed in range(need - 1, -1, -1):
            before = best[freed]
            if before is None:
                continue
            reached = min(need, freed + len(one.gpus))
            way, known = before.and_also(one), best[reached]
            if known is None or way.rank < known.rank:
                best[reached] = way
    found = best[need]
    return None if found is None else found.chosen
