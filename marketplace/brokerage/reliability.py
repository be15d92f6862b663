"""How reliable a machine is, from what is on record: the published formula, pure.

Everything on record of the last WINDOW_DAYS days is a trial that went well or did not:

- a renter's day: all that one renter had booked on the machine to begin on one day (UTC). It went
  well if the machine began all of it and did not fail while it ran. One renter is one trial a day,
  so that nobody makes or ruins a score with many small bookings; the operator's own do not count.
- a day of reports: the part of it for which the machine's agent reported.
- a computing challenge: passed or not.

The score is the lower end of Wilson's interval at 95 % for the share of trials that went well, a
renter's day counting BOOKING times. So few trials give a low score, however well they went, and
each that goes well raises it. Without any there is no score. The network is not measured, and not
in it.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Final

from marketplace.core.money import BASIS_POINTS

FORMULA: Final = "2026-11"
WINDOW_DAYS: Final = 30
#: a renter's day weighs as much as so many other trials
BOOKING: Final = 5
#: of the normal distribution, for 95 % between both ends
Z: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Evidence:
    """`heard_bps`: the part of `days` for which there are reports, in 1/10,000."""

    bookings: int = 0
    kept: int = 0
    days: int = 0
    heard_bps: int = 0
    challenges: int = 0
    passed: int = 0


def score_bps(evidence: Evidence) -> int | None:
    """The score in 1/10,000, rounded down; None without evidence."""
    trials = BOOKING * evidence.bookings + evidence.days + evidence.challenges
    heard = evidence.days * evidence.heard_bps / BASIS_POINTS
    went_well = BOOKING * evidence.kept + heard + evidence.passed
    return int(BASIS_POINTS * lower_end(went_well, trials)) if trials else None


def lower_end(went_well: float, trials: int) -> float:
    """Of Wilson's score interval for a share, of which so many of `trials` speak."""
    if not 0 <= went_well <= trials or not trials:
        raise ValueError("some trials, and no more of them went well")
    share, z2 = went_well / trials, Z * Z
    middle = share + z2 / (2 * trials)
    half = Z * sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    return max(0.0, (middle - half) / (1 + z2 / trials))
