"""Which file of a library is the odd one out among machines of the same driver. Pure.

There is no list of right digests to keep up: the same driver ships the same file, so providers who
do not know of each other vouch for it. Each provider has one voice for a file however many machines
it has, or who owns many machines could vote its own file in.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

#: that many providers must agree before anybody can be odd
QUORUM = 3


class Voice(NamedTuple):
    operator: int
    sha256: str


def is_outlier(sha256: str, *, operator: int, others: Iterable[Voice]) -> bool:
    """Whether other providers agree on another file, and hardly anybody has this one.

    A file that fewer than half as many providers have as the commonest one is odd, once that one
    has QUORUM. One's own machines never speak for one's own file.
    """
    voices: dict[str, set[int]] = defaultdict(set)
    for one in others:
        if one.operator != operator:
            voices[one.sha256].add(one.operator)
    held = len(voices.pop(sha256, ()))
    most = max(map(len, voices.values()), default=0)
    return most >= QUORUM and held * 2 < most
