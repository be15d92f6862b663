"""What Stripe's events of money out are about: the object is asked for, its state now counts."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import Q

from marketplace.billing.models import BankPayout, Payout, PayoutAccount, StripeEvent
from marketplace.billing.stripe import Misused, transfers
from marketplace.billing.stripe import recipients as accounts
from marketplace.core.money import EXPONENT, micro_from_minor

from . import recipients, settling

log = logging.getLogger(__name__)

#: what to do in the transaction that closes the event; returns what staff should know
Act = Callable[[], str]


def hear(event: StripeEvent, at: datetime) -> Act | None:
    """Ask Stripe what an event asks to be asked; None when it is not about money out.

    Raises Unavailable, and Misused when Stripe does not show us the object.
    """
    for prefix, ask in ASKED.items():
        if event.type.startswith(prefix):
            try:
                return ask(event, at)
            except transfers.Refused as reason:
                raise Misused(str(reason)) from reason
    return None


def _transfer(event: StripeEvent, at: datetime) -> Act:
    transfer = transfers.retrieve_transfer(transfer_id=event.object_id)
    return partial(_apply_transfer, event, transfer, at)


def _apply_transfer(event: StripeEvent, transfer: transfers.Transfer, at: datetime) -> str:
    known = Q(transfer_id=transfer.id) | Q(public_id=_payout_named(transfer.group))
    found = Payout.objects.filter(known).values_list("pk", flat=True).first()
    if found is None:
        log.warning("%s is about a transfer that no payout asked for", event)
        return "no payout of ours"
    try:
        settling.apply(settling.locked(found), transfer, at)
    except settling.NotAsAsked as reason:
        log.error("%s: %s", event, reason)
        return str(reason)
    return ""


def _payout_named(group: str) -> UUID | None:
    """Whose transfer it is by its group, also before anybody has told us its id."""
    try:
        return UUID(group.removeprefix("payout:"))
    except ValueError:
        return None


def _account(event: StripeEvent, at: datetime) -> Act:
    account = _account_of(event)
    if account is None:
        return lambda: "no account of a provider of ours"
    if event.type == "account.application.deauthorized":
        return partial(_close, account, at)
    recipients.refresh(account=account, at=at)
    return lambda: ""


def _account_of(event: StripeEvent) -> PayoutAccount | None:
    named = event.account or event.object_id
    return PayoutAccount.objects.filter(stripe_id=named).exclude(stripe_id="").first()


def _close(account: PayoutAccount, at: datetime) -> str:
    recipients.close(account=account, at=at)
    return ""


def _bank_payout(event: StripeEvent, at: datetime) -> Act:
    account = _account_of(event)
    if account is None:
        return lambda: "no account of a provider of ours"
    made = accounts.retrieve_bank_payout(payout_id=event.object_id, account_id=account.stripe_id)
    return partial(_note, account, made, at)


def _note(account: PayoutAccount, made: accounts.ToBank, at: datetime) -> str:
    """Keep what became of it for the provider to see; nothing is booked, nothing sent again."""
    if made.currency not in EXPONENT:
        return f"{made.currency} is not a currency of ours"
    BankPayout.objects.update_or_create(
        stripe_id=made.id,
        defaults={
            "account": account,
            "amount_micro": micro_from_minor(made.amount, made.currency),
            "currency": made.currency,
            "state": made.status,
            "failure": made.failure,
            "arrives_on": made.arrives_on,
            "asked_at": at,
        },
    )
    return ""


#: by how the type of an event begins
ASKED: dict[str, Callable[[StripeEvent, datetime], Act]] = {
    "transfer.": _transfer,
    "account.": _account,
    "capability.": _account,
    "payout.": _bank_payout,
}
