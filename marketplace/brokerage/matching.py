"""Which GPUs to take: pure, so that it can be measured and replaced."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Free:
    """A GPU that is free for the whole window; `index` is its place in the machine."""

    pk: int
    index: int


def pick(free: Sequence[Free], count: int) -> tuple[int, ...] | None:
    """Choose `count` of the free GPUs, in ascending pk; None when there are too few.

    Prefers neighbours (the smallest span of indices, then the lowest), which on common boards share
    a switch and which leaves the largest unbroken run for the next renter.
    """
    if count <= 0:
        raise ValueError("at least one GPU")
    ordered = sorted(free, key=lambda gpu: gpu.index)
    runs = [ordered[place : place + count] for place in range(len(ordered) - count + 1)]
    if not runs:
        return None
    best = min(runs, key=lambda run: (run[-1].index - run[0].index, run[0].index))
    return tuple(sorted(gpu.pk for gpu in best))
