"""How long to wait before asking again somebody who did not take what was sent."""

from datetime import timedelta
from typing import Final

#: the wait is its longest long before; more steps would only make the number large
MOST_STEPS: Final = 10


def backoff(*, failures: int, first: timedelta, longest: timedelta) -> timedelta:
    """The wait after so many failures before this one: `first`, four times as long after each."""
    wait: timedelta = first * 4 ** min(failures, MOST_STEPS)
    return min(wait, longest)
