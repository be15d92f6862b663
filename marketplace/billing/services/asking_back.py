"""Commands that send money back: sent, looked up when they are old, applied under the claim."""

import logging
from datetime import datetime

from django.db import transaction

from marketplace.billing import stripe
from marketplace.billing.models import Refund, StripeCommand
from marketplace.billing.states import CommandState

from . import refunds
from .claims import asked_since, finish, forgotten, later

log = logging.getLogger(__name__)

NOT_MADE = "The refund could not be made."
UNKNOWN = "older than 23 h, and Stripe shows nothing of it"


def send(command: StripeCommand, at: datetime) -> None:
    """Send a claimed command; an old one is looked up instead."""
    try:
        seen = _look_up(command) if forgotten(command, at) else _call(command)
    except stripe.Unavailable as reason:
        later(command, str(reason), at)
    except stripe.Misused as reason:
        log.exception("Stripe refused %s", command)
        _refused(command, str(reason), at)
    else:
        if seen is None:
            finish(command, CommandState.UNKNOWN, error=UNKNOWN)
            log.error("%s is unknown for 23 h; staff must decide", command)
        else:
            _apply(command, seen, at)


def _call(command: StripeCommand) -> stripe.Refunded:
    return stripe.create_refund(params=command.params, idempotency_key=command.idempotency_key)


def _look_up(command: StripeCommand) -> stripe.Refunded | None:
    made = Refund.objects.get(commands=command)
    return stripe.find_refund(
        payment_id=command.params["payment_intent"],
        name=str(made.public_id),
        since=asked_since(command),
    )


def _locked(command: StripeCommand) -> Refund:
    made = refunds.locked(Refund.objects.get(commands=command).public_id)
    assert made is not None  # noqa: S101  rows of evidence stay
    return made


def _apply(command: StripeCommand, seen: stripe.Refunded, at: datetime) -> None:
    try:
        with transaction.atomic():
            if finish(command, CommandState.DONE, error=""):
                refunds.apply(_locked(command), seen, at)
    except refunds.NotAsRefunded as reason:
        log.error("%s: %s", command, reason)
        finish(command, CommandState.FAILED, error=str(reason))


def _refused(command: StripeCommand, error: str, at: datetime) -> None:
    with transaction.atomic():
        if finish(command, CommandState.FAILED, error=error):
            refunds.fail(_locked(command), NOT_MADE, at)


def give_up(command: StripeCommand, at: datetime) -> None:
    """Nothing came of it: what was set aside is free again."""
    refunds.fail(_locked(command), NOT_MADE, at)
