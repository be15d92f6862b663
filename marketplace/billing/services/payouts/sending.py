"""The calls that payouts make: a transfer, asked for until Stripe has said what became of it."""

import logging
from datetime import datetime

from django.db import transaction

from marketplace.billing.models import StripeCommand
from marketplace.billing.services.claims import finish, forgotten, later
from marketplace.billing.states import CommandState
from marketplace.billing.stripe import transfers as stripe

from . import recipients, settling
from .composing import command as next_command

log = logging.getLogger(__name__)

#: what the provider reads; Stripe's own words may name our balance
REASONS = {"balance_insufficient": "Our balance was short for a moment; it is tried again."}
REASON = "Stripe could not transfer to your account; it is tried again."


def send(command: StripeCommand, at: datetime) -> None:
    """Make the call of a claimed command, or learn what an earlier one has made.

    What Stripe refuses goes back to payable. After 23 h without an answer the transfer is looked
    up; only when there is none is it asked for anew, by a key of its own.
    """
    try:
        made = _reverse(command) if command.kind == "reverse_transfer" else _make(command, at)
    except stripe.Unavailable as reason:
        later(command, str(reason), at)
    except stripe.Refused as reason:
        _refused(command, reason, at)
    except stripe.KeyTaken as reason:
        log.error("%s: %s; nobody knows what was made, staff must look it up", command, reason)
        finish(command, CommandState.FAILED, error=str(reason))
    else:
        if made:
            _apply(command, made, at)
        else:
            _ask_anew(command, at)


def _make(command: StripeCommand, at: datetime) -> stripe.Transfer | None:
    if forgotten(command, at):
        return stripe.find_transfer(group=command.params["transfer_group"])
    return stripe.create_transfer(params=command.params, idempotency_key=command.idempotency_key)


def _reverse(command: StripeCommand) -> stripe.Transfer:
    """More than is left of a transfer is refused, so an old key can do no harm."""
    return stripe.reverse_transfer(**command.params, idempotency_key=command.idempotency_key)


def _apply(command: StripeCommand, made: stripe.Transfer, at: datetime) -> None:
    assert command.payout_id is not None  # noqa: S101  as every create_transfer has
    try:
        with transaction.atomic():
            payout = settling.locked(command.payout_id)
            if finish(command, CommandState.DONE, error=""):
                settling.apply(payout, made, at)
    except settling.NotAsAsked as reason:
        log.error("%s: %s", command, reason)
        finish(command, CommandState.FAILED, error=str(reason))


def _refused(command: StripeCommand, reason: stripe.Refused, at: datetime) -> None:
    assert command.payout_id is not None  # noqa: S101
    log.warning("%s was refused: %s (%s)", command, reason, reason.code)
    with transaction.atomic():
        payout = settling.locked(command.payout_id)
        if not finish(command, CommandState.DONE, error=f"{reason.code}: {reason}"):
            return
        if command.kind == "create_transfer":
            settling.give_back(payout, REASONS.get(reason.code, REASON), at)
    try:
        recipients.refresh(account=payout.account, at=at)
    except stripe.Unavailable:
        log.info("%s is looked at later", payout.account)


def _ask_anew(command: StripeCommand, at: datetime) -> None:
    assert command.payout_id is not None  # noqa: S101
    with transaction.atomic():
        payout = settling.locked(command.payout_id)
        if finish(command, CommandState.FAILED, error="no answer for 23 h, and no transfer made"):
            settling.next_attempt(payout)
            next_command(payout, at)
