"""Commands to Stripe: claimed, sent outside any transaction, applied under the claim."""

import logging
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import F

from marketplace.billing import stripe
from marketplace.billing.models import StripeCommand, TopUp
from marketplace.billing.states import CommandState

from . import top_ups

log = logging.getLogger(__name__)

#: longer than a call with its retries can take; then another worker may take the command over
CLAIM = timedelta(minutes=3)
#: Stripe forgets idempotency keys after 24 h; an older command is never sent again
FORGOTTEN = timedelta(hours=23)
LONGEST_WAIT = timedelta(minutes=30)
#: 2 to this power is more seconds than LONGEST_WAIT; unbounded powers overflow a timedelta
DOUBLINGS = 11


def send_command(*, command: StripeCommand, at: datetime) -> None:
    """Send one command and apply its answer. Safe to call twice, late or in parallel.

    A lost answer is asked for again with the same idempotency key, so that Stripe acts once.
    """
    if not _claim(command, at):
        return
    if command.created_at + FORGOTTEN <= at:
        _finish(command, CommandState.FAILED, error="unknown for 23 h: look it up at Stripe")
        log.error("%s is unknown for 23 h and was not sent again; staff must look it up", command)
        return
    try:
        payment = stripe.create_payment(
            params=command.params, idempotency_key=command.idempotency_key
        )
    except stripe.Unavailable as reason:
        _later(command, str(reason), at)
    except stripe.Declined as reason:
        _apply_refusal(command, str(reason), error="")
    except stripe.Misused as reason:
        log.exception("Stripe refused %s", command)
        _apply_refusal(command, "The payment could not be made.", error=str(reason))
    else:
        _apply(command, payment, at)


def _claim(command: StripeCommand, at: datetime) -> bool:
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


def _finish(command: StripeCommand, to: CommandState, *, error: str) -> bool:
    """Close the command if the claim is still ours; a result that came too late is dropped."""
    mine = StripeCommand.objects.filter(pk=command.pk, claim=command.claim)
    return bool(mine.update(state=to, claim=None, claimed_until=None, error=error[:500]))


def _later(command: StripeCommand, reason: str, at: datetime) -> None:
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


def _locked(command: StripeCommand) -> TopUp:
    rows = TopUp.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("organisation").get(commands=command)


def _apply(command: StripeCommand, payment: stripe.Payment, at: datetime) -> None:
    try:
        with transaction.atomic():
            if _finish(command, CommandState.DONE, error=""):
                top_ups.apply(_locked(command), payment, at)
    except top_ups.NotAsAsked as reason:
        log.error("%s: %s", command, reason)
        _finish(command, CommandState.FAILED, error=str(reason))


def _apply_refusal(command: StripeCommand, reason: str, *, error: str) -> None:
    state = CommandState.FAILED if error else CommandState.DONE
    with transaction.atomic():
        if _finish(command, state, error=error):
            top_ups.fail(_locked(command), reason)
