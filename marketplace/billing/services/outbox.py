"""Commands to Stripe: claimed, sent outside any transaction, applied under the claim."""

import logging
from datetime import datetime

from django.db import transaction

from marketplace.billing import stripe
from marketplace.billing.models import StripeCommand, TopUp
from marketplace.billing.states import CommandState

from . import asking_back, filing, payouts, top_ups
from .claims import asked_since, claim, finish, forgotten, later

log = logging.getLogger(__name__)

NOT_MADE = "The payment could not be made."


def send_command(*, command: StripeCommand, at: datetime) -> None:
    """Send one command and apply its answer. Safe to call twice, late or in parallel.

    A lost answer is asked for again with the same idempotency key, so that Stripe acts once.
    """
    if not claim(command, at):
        return
    if command.refund_id:
        asking_back.send(command, at)
    elif command.payout_id:
        payouts.send(command, at)
    elif command.tax_filing_id:
        filing.send(command, at)
    elif command.card_id:
        _detach(command, at)
    else:
        _pay(command, at)


def _pay(command: StripeCommand, at: datetime) -> None:
    try:
        payment = _look_up(command, at) if _too_old(command, at) else _call(command)
    except stripe.Unavailable as reason:
        later(command, str(reason), at)
    except stripe.Declined as reason:
        _apply_decline(command, reason, at)
    except stripe.Misused as reason:
        log.exception("Stripe refused %s", command)
        _apply_refusal(command, str(reason), at)
    else:
        if payment is None:
            give_to_staff(command)
        else:
            _apply(command, payment, at)


def _too_old(command: StripeCommand, at: datetime) -> bool:
    """A payment must not be made twice; to cancel one twice does no harm."""
    return command.kind == "create_payment" and forgotten(command, at)


def _call(command: StripeCommand) -> stripe.Payment:
    send = stripe.cancel_payment if command.kind == "cancel_payment" else stripe.create_payment
    return send(params=command.params, idempotency_key=command.idempotency_key)


def _look_up(command: StripeCommand, at: datetime) -> stripe.Payment | None:
    """What became of a command whose key Stripe may have forgotten; it is never sent again."""
    made = _top_up(command)
    if made.payment_intent:
        return stripe.retrieve_payment(payment_id=made.payment_intent)
    since = asked_since(command)
    return stripe.find_payment(name=str(made.public_id), since=since, until=at)


def give_to_staff(command: StripeCommand) -> None:
    """Stripe shows nothing of it; that nothing will come of it somebody has to say."""
    finish(command, CommandState.UNKNOWN, error="older than 23 h, and Stripe shows nothing of it")
    log.error("%s is unknown for 23 h and Stripe shows nothing of it; staff must decide", command)


def _top_up(command: StripeCommand) -> TopUp:
    return TopUp.objects.select_related("organisation").get(commands=command)


def _locked(command: StripeCommand) -> TopUp:
    rows = TopUp.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("organisation").get(commands=command)


def _apply(command: StripeCommand, payment: stripe.Payment, at: datetime) -> None:
    try:
        with transaction.atomic():
            if finish(command, CommandState.DONE, error=""):
                top_ups.apply(_locked(command), payment, at)
    except top_ups.NotAsAsked as reason:
        log.error("%s: %s", command, reason)
        finish(command, CommandState.FAILED, error=str(reason))


def _apply_decline(command: StripeCommand, reason: stripe.Declined, at: datetime) -> None:
    with transaction.atomic():
        if not finish(command, CommandState.DONE, error=""):
            return
        if reason.code == stripe.ASKS_OWNER and reason.payment_id:
            top_ups.wait_for_owner(_locked(command), reason.payment_id, at)
        else:
            top_ups.fail(_locked(command), str(reason), at)


def _apply_refusal(command: StripeCommand, error: str, at: datetime) -> None:
    """A payment that could not be cancelled has succeeded meanwhile: its event says so."""
    with transaction.atomic():
        if finish(command, CommandState.FAILED, error=error) and command.kind == "create_payment":
            top_ups.fail(_locked(command), NOT_MADE, at)


def _detach(command: StripeCommand, at: datetime) -> None:
    """A card that Stripe does not have any more is as good as removed."""
    try:
        stripe.detach_card(params=command.params, idempotency_key=command.idempotency_key)
    except stripe.Unavailable as reason:
        later(command, str(reason), at)
    except stripe.Misused as reason:
        finish(command, CommandState.DONE, error=str(reason))
    else:
        finish(command, CommandState.DONE, error="")


class NotUnknown(Exception):
    """The command's outcome is known, or is still being asked for."""


def close_unknown(*, command: StripeCommand, at: datetime) -> None:
    """Staff looked: nothing was taken or given back, and nothing will be. Raises NotUnknown."""
    with transaction.atomic():
        waiting = StripeCommand.objects.filter(pk=command.pk, state=CommandState.UNKNOWN)
        if not waiting.update(state=CommandState.FAILED):
            raise NotUnknown(f"{command} is not waiting for a decision")
        if command.refund_id:
            asking_back.give_up(command, at)
        elif command.top_up_id:
            top_ups.fail(_locked(command), NOT_MADE, at)
