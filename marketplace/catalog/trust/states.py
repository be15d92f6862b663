from django.db import models

from marketplace.core.states import Moves


class ChallengeState(models.TextChoices):
    ASKED = "asked"
    COMMITTED = "committed"
    SHOWN = "shown"
    PASSED = "passed"
    FAILED = "failed"
    #: right, and in whatever time: there is no calibration to hold it against
    MEASURED = "measured"
    #: nothing came, or not all of it
    EXPIRED = "expired"


_OVER = (
    ChallengeState.PASSED,
    ChallengeState.FAILED,
    ChallengeState.MEASURED,
    ChallengeState.EXPIRED,
)
LIVE = frozenset({ChallengeState.ASKED, ChallengeState.COMMITTED, ChallengeState.SHOWN})
CHALLENGE_MOVES: Moves = {
    ChallengeState.ASKED: frozenset(
        {ChallengeState.COMMITTED, ChallengeState.FAILED, ChallengeState.EXPIRED}
    ),
    ChallengeState.COMMITTED: frozenset({ChallengeState.SHOWN, ChallengeState.EXPIRED}),
    ChallengeState.SHOWN: frozenset(
        {ChallengeState.PASSED, ChallengeState.FAILED, ChallengeState.MEASURED}
    ),
    **{state: frozenset() for state in _OVER},
}
