"""The roots come in, elements are drawn, leaves are shown."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from agents.protocol.challenge import Leaf, Root
from marketplace.catalog.models import Challenge, ChallengeAnswer, Machine
from marketplace.catalog.trust.opening import Unopened, check_shape
from marketplace.catalog.trust.states import CHALLENGE_MOVES, ChallengeState
from marketplace.core.states import IllegalMove, LostRace, move

from . import asking
from .judging import conclude
from .shown import asked


class NoChallenge(Exception):
    """The machine was not asked this, or it is over."""


class BadAnswer(Exception):
    """The answer does not fit the question; the challenge is lost with it."""


class TooLate(Exception):
    """The roots came after the deadline; the challenge is lost."""


def commit(
    *, machine: Machine, challenge: UUID, roots: Sequence[Root], at: datetime
) -> list[ChallengeAnswer]:
    """Take the roots of all GPUs and draw what each must show; the clock is ours.

    Raises NoChallenge, and TooLate and BadAnswer after having noted that the challenge is lost.
    """
    row = _of(machine, challenge, ChallengeState.ASKED)
    wrong = _refusal(row, roots, at)
    if wrong is not None:
        conclude(challenge=row, to=ChallengeState.FAILED, finding=str(wrong), at=at)
        raise wrong
    with transaction.atomic():
        _move(row, ChallengeState.COMMITTED, committed_at=at)
        return ChallengeAnswer.objects.bulk_create(
            ChallengeAnswer(
                challenge=row,
                uuid=root.uuid,
                device=root.device,
                root=root.root,
                elements=asking.draw(row.n, row.openings),
            )
            for root in roots
        )


def show(
    *, machine: Machine, challenge: UUID, uuid: str, leaves: Sequence[Leaf], at: datetime
) -> bool:
    """Keep the leaves of one GPU; returns whether all have shown theirs now.

    Looks only whether they are those that were asked for: what they hold is checked by a task.
    Raises NoChallenge, and BadAnswer when they are not in the tree; then nothing was kept.
    """
    row = _of(machine, challenge, ChallengeState.COMMITTED)
    answer = row.answers.filter(uuid=uuid).first()
    if answer is None:
        raise NoChallenge("this GPU was not asked")
    try:
        check_shape(asked(row, answer), leaves)
    except Unopened as error:
        raise BadAnswer(str(error)) from error
    with transaction.atomic():
        # whoever shows the last one sees all others: they take turns on the challenge
        Challenge.objects.select_for_update(no_key=True).get(pk=row.pk)
        row.answers.filter(pk=answer.pk).update(leaves=[one.model_dump() for one in leaves])
        if row.answers.filter(leaves__isnull=True).exists():
            return False
        _move(row, ChallengeState.SHOWN)
    return True


def _of(machine: Machine, challenge: UUID, state: ChallengeState) -> Challenge:
    row = Challenge.objects.filter(machine=machine, public_id=challenge, state=state).first()
    if row is None:
        raise NoChallenge("this machine was not asked this, or it is over; ask again")
    return row


def _refusal(row: Challenge, roots: Sequence[Root], at: datetime) -> TooLate | BadAnswer | None:
    if at - row.asked_at > timedelta(milliseconds=row.within_ms):
        took = (at - row.asked_at) // timedelta(milliseconds=1)
        return TooLate(f"the roots came after {took} ms, {row.within_ms} were allowed")
    if sorted(root.uuid for root in roots) != sorted(row.gpu_uuids):
        return BadAnswer("the roots are not those of the GPUs that were asked, each once")
    return None


def _move(row: Challenge, to: ChallengeState, **also: datetime) -> None:
    try:
        move(row, to, table=CHALLENGE_MOVES, **also)
    except (LostRace, IllegalMove) as error:
        raise NoChallenge("this was answered before") from error
