"""What an answered, late or forgotten challenge comes to."""

from datetime import datetime, timedelta

from django.db import transaction

from compliance import services as compliance
from compliance.redflags import machines
from marketplace.catalog.models import Challenge, ChallengeAnswer, Machine
from marketplace.catalog.trust import opening, tiers
from marketplace.catalog.trust.states import CHALLENGE_MOVES, ChallengeState
from marketplace.core.states import LostRace, move

from . import asking
from .claiming import named
from .recording import record
from .shown import asked, shown

REFERENCE = "reference"
#: for showing the leaves, after the deadline for the roots
SHOWING = timedelta(minutes=10)
#: of a sweep: each takes seconds of computing
MOST_AT_ONCE = 8


def conclude(*, challenge: Challenge, to: ChallengeState, finding: str, at: datetime) -> bool:
    """End a challenge and, unless it was a measurement, make evidence of it; False if it is over.

    A pass counts only for all GPUs of the machine at once; a failure of any of them counts.
    """
    committed = challenge.committed_at or (at if to == ChallengeState.FAILED else None)
    try:
        with transaction.atomic():
            # first, as everybody who changes what is known of a machine
            Machine.objects.select_for_update(no_key=True).get(pk=challenge.machine_id)
            move(
                challenge,
                to,
                table=CHALLENGE_MOVES,
                committed_at=committed,
                decided_at=at,
                finding=finding[:200],
            )
            challenge.answers.update(leaves=None)
            asking.plan_next(machine=challenge.machine, at=at)
            asking.settle(machine=challenge.machine, uuids=challenge.gpu_uuids)
            if _counts(challenge, to):
                _record(challenge, passed=to == ChallengeState.PASSED, at=at)
    except LostRace:
        return False
    return True


def verify(*, challenge: Challenge, at: datetime) -> ChallengeState:
    """Check every element that was shown, a second or more of computing, and conclude.

    Safe to be done twice: the second finds it over.
    """
    answers = list(challenge.answers.order_by("pk"))
    if any(one.leaves is None for one in answers):  # another worker has just concluded it
        challenge.refresh_from_db(fields=["state"])
        return ChallengeState(challenge.state)
    found = next(filter(None, (_wrong(challenge, one) for one in answers)), "")
    if any(one.device == REFERENCE for one in answers):
        to, why = ChallengeState.FAILED, "the reference device computed it, not a GPU"
    elif found:
        to, why = ChallengeState.FAILED, found
    else:
        to = ChallengeState.PASSED if challenge.calibrated else ChallengeState.MEASURED
        why = f"answered after {challenge.elapsed_ms} ms"
    if conclude(challenge=challenge, to=to, finding=why, at=at) and found:
        _refer(challenge, found, at)
    return to


def verify_shown(*, at: datetime) -> int:
    """Sweep: check what was shown and not yet judged; returns how many were."""
    rows = Challenge.objects.filter(state=ChallengeState.SHOWN).select_related(
        "machine__site__operator__party"
    )
    waiting = list(rows.order_by("pk")[:MOST_AT_ONCE])
    for row in waiting:
        verify(challenge=row, at=at)
    return len(waiting)


def expire(*, at: datetime) -> int:
    """Sweep: end challenges that nobody answered, or only in part; returns how many."""
    rows = Challenge.objects.filter(
        state__in=[ChallengeState.ASKED, ChallengeState.COMMITTED]
    ).select_related("machine")
    over = [row for row in rows if at > _ends(row)]
    why = "not all that was asked came in time"
    return sum(
        conclude(challenge=row, to=ChallengeState.EXPIRED, finding=why, at=at) for row in over
    )


def _ends(row: Challenge) -> datetime:
    return row.asked_at + timedelta(milliseconds=row.within_ms) + SHOWING


def _counts(challenge: Challenge, to: ChallengeState) -> bool:
    if to == ChallengeState.MEASURED:
        return False
    return challenge.whole or to != ChallengeState.PASSED


def _record(challenge: Challenge, *, passed: bool, at: datetime) -> None:
    answers = challenge.answers.order_by("pk").values_list("uuid", "device", "root", "elements")
    record(
        machine=challenge.machine,
        kind=tiers.CHALLENGED,
        passed=passed,
        at=at,
        uuids=challenge.gpu_uuids,
        challenge=str(challenge.public_id),
        nonce=bytes(challenge.nonce).hex(),
        shape=[challenge.n, challenge.k, challenge.leaf],
        reason=challenge.reason,
        within_ms=challenge.within_ms,
        elapsed_ms=challenge.elapsed_ms,
        finding=challenge.finding,
        answers=[list(one) for one in answers],
    )


def _wrong(challenge: Challenge, answer: ChallengeAnswer) -> str:
    try:
        opening.check_elements(asked(challenge, answer), shown(answer))
    except opening.Unopened as error:
        return f"{answer.uuid}: {error}"
    return ""


def _refer(challenge: Challenge, found: str, at: datetime) -> None:
    machine = challenge.machine
    finding = machines.contradicts_itself(
        named(machine),
        [f"A computing challenge was answered wrongly. {found}."],
        codes=["challenge"],
    )
    compliance.refer(party=machine.site.operator.party, findings=[finding], at=at)
