"""Whose turn it is among those who wait: pure, so that the discipline can be read and tested.

Published as this:

1. Each organisation's requests stand in the order they came; the first of every organisation comes
   before anybody's second, the second before anybody's third. Within a round, first come, first
   served. So nobody gains by asking often.
2. Who has waited for PATIENCE comes before all who have not, again in the order they came, and
   nobody behind gets GPUs of that model from the list before it is served, lapses or is withdrawn.
   So a large request is not starved by small ones that always fit.
3. What cannot be paid, or is not allowed, does not hold up those behind it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import NamedTuple

PATIENCE = timedelta(hours=12)


class Fit(Enum):
    """What came of a turn."""

    SERVED = auto()
    NO_ROOM = auto()  # what it asks for is not free at its price
    OWN = auto()  # it does not start yet, or its wallet does not cover it


class Waiter(NamedTuple):
    """A request that waits; `asked_at` is when it was first made."""

    pk: int
    organisation: int
    asked_at: datetime


def in_turn(waiters: Iterable[Waiter], *, at: datetime) -> list[Waiter]:
    """All who wait for one GPU model, in the order in which they are served."""
    rounds: Counter[int] = Counter()
    ranked: list[tuple[tuple[bool, int, datetime, int], Waiter]] = []
    for one in sorted(waiters, key=lambda waiter: (waiter.asked_at, waiter.pk)):
        patient = is_patient(one, at=at)
        turn = 0 if patient else rounds[one.organisation]
        ranked.append(((not patient, turn, one.asked_at, one.pk), one))
        rounds[one.organisation] += 1
    return [one for _, one in sorted(ranked)]


def is_patient(waiter: Waiter, *, at: datetime) -> bool:
    """Whether it has waited so long that nobody is served past it."""
    return waiter.asked_at + PATIENCE <= at


def served(turns: Iterable[tuple[Waiter, Fit]], *, at: datetime) -> Iterator[Waiter]:
    """Those who are served, of pairs of a waiter and what came of its turn, up to one that bars.

    `turns` may be a generator that tries each in its turn.
    """
    for one, fit in turns:
        if fit is Fit.SERVED:
            yield one
        elif fit is Fit.NO_ROOM and is_patient(one, at=at):
            return
