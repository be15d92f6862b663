"""A command of the outbox in one worker's hands: taken for a while, closed only under the claim."""

import logging
from datetime import datetime, timedelta
from uuid import uuid4

from django.db.models import F

from marketplace.billing.models import StripeCommand
from marketplace.billing.states import CommandState

log = logging.getLogger(__name__)

#: longer than a call with its retries can take; then another worker may take the command over
CLAIM = timedelta(minutes=3)
#: Stripe forgets idempotency keys after 24 h; an older command that moves money is not sent again
FORGOTTEN = timedelta(hours=23)
#: by how much more than is tolerated Stripe's clock may be behind ours where we look a call up
SKEW = timedelta(hours=1)
LONGEST_WAIT = timedelta(minutes=30)
#: 2 to this power is more seconds than LONGEST_WAIT; unbounded powers overflow a timedelta
DOUBLINGS = 11


def forgotten(command: StripeCommand, at: datetime) -> bool:
    """Whether it is so old that Stripe may not know its key any more."""
    return command.created_at + FORGOTTEN <= at


def asked_since(command: StripeCommand) -> datetime:
    """By Stripe's clock nothing that the command made is older."""
    return command.created_at - SKEW


def claim(command: StripeCommand, at: datetime) -> bool:
    """Take the command for a while by a guarded UPDATE: due and pending, or its claim ran out."""
    due = StripeCommand.objects.due(at=at).filter(pk=command.pk)
    claim = uuid4()
    taken = due.update(
        state=CommandState.SENDING,
        claim=claim,
        claimed_until=at + CLAIM,
        attempts=F("attempts") + 1,
    )
    if taken:
        command.refresh_from_db()
    return bool(taken) and command.claim == claim


def finish(command: StripeCommand, to: CommandState, *, error: str) -> bool:
    """Close the command if the claim is still ours; a result that came too late is dropped."""
    mine = StripeCommand.objects.filter(pk=command.pk, claim=command.claim)
    return bool(mine.update(state=to, claim=None, claimed_until=None, error=error[:500]))


def later(command: StripeCommand, reason: str, at: datetime) -> None:
    wait = min(timedelta(seconds=2 ** min(command.attempts, DOUBLINGS)), LONGEST_WAIT)
    log.warning("%s: Stripe gave no answer (%s); again in %s", command, reason, wait)
    mine = StripeCommand.objects.filter(pk=command.pk, claim=command.claim)
    mine.update(
        state=CommandState.PENDING,
        claim=None,
        claimed_until=None,
        next_at=at + wait,
        error=reason[:500],
    )
