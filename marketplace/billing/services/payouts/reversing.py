"""Staff take a transfer back, as long as it has not left the provider's account at Stripe."""

from datetime import datetime

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.billing.models import Payout, PayoutReversal, StripeCommand
from marketplace.billing.states import CommandState, PayoutState
from marketplace.core.hints import after_commit
from marketplace.core.money import minor_from_micro
from marketplace.core.refusals import BadField

from .settling import locked


class BadReversal(BadField):
    """A payout cannot be taken back like this."""


OPEN = (CommandState.PENDING, CommandState.SENDING)


def reverse_payout(*, payout: Payout, reason: str, by: User, at: datetime) -> PayoutReversal:
    """Ask Stripe for all of a transfer that has not come back yet; on record with who and why.

    What comes back is payable again: hold the provider's payouts first if it shall stay. Raises
    BadReversal; then nothing was written.
    """
    with transaction.atomic():
        row = locked(payout.pk)
        require_reversal(payout=row, reason=reason)
        made = PayoutReversal.objects.create(
            payout=row, reason=reason.strip(), asked_by=by, asked_at=at, created_at=at
        )
        command = StripeCommand.objects.create(
            kind="reverse_transfer",
            idempotency_key=f"payout-reversal:{made.public_id}",
            payout=row,
            params={
                "transfer_id": row.transfer_id,
                "amount": minor_from_micro(row.amount_micro - row.reversed_micro, row.currency),
            },
            next_at=at,
            created_at=at,
        )
        trail(verb="asked a payout back", subject=row, by=by, at=at, reason=made.reason)
        after_commit("marketplace.billing.tasks.send_command", command_id=command.pk)
    return made


def require_reversal(*, payout: Payout, reason: str) -> None:
    """Raise BadReversal unless this payout can be taken back for this reason."""
    if payout.state != PayoutState.PAID:
        raise BadReversal("payout", f"is {payout.state}; only one that is paid can be taken back")
    if not 0 < len(reason.strip()) <= 300:
        raise BadReversal("reason", "give the reason in 1 to 300 characters")
    asked = StripeCommand.objects.filter(payout=payout, kind="reverse_transfer")
    if asked.filter(state__in=OPEN).exists():
        raise BadReversal("payout", "is being taken back already")
