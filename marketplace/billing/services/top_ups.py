"""Money from a card into the wallet: asked here, sent by the outbox, booked once."""

import re
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from marketplace.accounts.models import Organisation, User
from marketplace.billing import stripe
from marketplace.billing.models import StripeCommand, TopUp
from marketplace.billing.states import TOP_UP_MOVES, TopUpState
from marketplace.brokerage import services as brokerage
from marketplace.core.hints import after_commit
from marketplace.core.idempotency import digest, require_same
from marketplace.core.money import MICRO, BadAmount, micro_from_minor, minor_from_micro
from marketplace.core.refusals import BadField
from marketplace.core.states import IllegalMove, move
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Balance, Kind

from .payers import note_payer

LEAST_MICRO = 1 * MICRO
MOST_MICRO = 100_000 * MICRO
PAYMENT_METHOD = re.compile(r"pm_[A-Za-z0-9_]{1,60}")


class BadTopUp(BadField):
    """A top-up cannot be asked for like this."""


class NotAsAsked(Exception):
    """Stripe took something else than the top-up asked for; staff must look at it."""


def wallet(*, organisation: Organisation) -> Balance:
    """What the organisation has, what of it is held, and what it may spend."""
    account = brokerage.wallet_account(renter=organisation, currency=settings.CURRENCY)
    return ledger.balance(account=account)


def top_up(
    *,
    organisation: Organisation,
    by: User | None,
    amount_micro: int,
    payment_method: str,
    key: str,
    at: datetime,
) -> TopUp:
    """Record a wish to pay and the command to Stripe, in one transaction; same key, same row.

    Raises BadTopUp and KeyReused; then nothing was written and Stripe was not asked.
    """
    minor = _check(amount_micro, payment_method)
    content = digest({"amount_micro": amount_micro, "payment_method": payment_method})
    try:
        with transaction.atomic():
            made = TopUp.objects.create(
                organisation=organisation,
                requested_by=by,
                amount_micro=amount_micro,
                currency=settings.CURRENCY,
                payment_method=payment_method,
                idempotency_key=key,
                request_sha256=content,
                created_at=at,
            )
            command = _command(made, minor, at)
            after_commit("marketplace.billing.tasks.send_command", command_id=command.pk)
    except IntegrityError as error:
        if "top_up_key_once" not in str(error):
            raise
        made = TopUp.objects.get(organisation=organisation, idempotency_key=key)
        require_same(made.request_sha256, content, key=key)
    return made


def _check(amount_micro: int, payment_method: str) -> int:
    if not LEAST_MICRO <= amount_micro <= MOST_MICRO:
        raise BadTopUp("amount_micro", "must be from 1 to 100,000 USD")
    if not PAYMENT_METHOD.fullmatch(payment_method):
        raise BadTopUp("payment_method", "must be the id of a payment method, such as pm_...")
    try:
        return minor_from_micro(amount_micro, settings.CURRENCY)
    except BadAmount as error:
        raise BadTopUp("amount_micro", "must be a whole number of cents") from error


def _command(made: TopUp, minor: int, at: datetime) -> StripeCommand:
    return StripeCommand.objects.create(
        kind="create_payment",
        idempotency_key=f"top-up:{made.public_id}",
        top_up=made,
        params={
            "amount": minor,
            "currency": made.currency.lower(),
            "payment_method": made.payment_method,
            "allowed_payment_method_types": ["card"],
            "confirm": True,
            "metadata": {"top_up": str(made.public_id)},
        },
        next_at=at,
        created_at=at,
    )


def apply(made: TopUp, payment: stripe.Payment, at: datetime) -> None:
    """Bring a (locked) top-up to what Stripe says of its payment now.

    Every path to this knowledge may call it, late and repeatedly; one of them books. Raises
    NotAsAsked, having written nothing.
    """
    if payment.succeeded:
        _require_as_asked(made, payment)
        _book(made, payment.id, at)
        note_payer(organisation=made.organisation, payer=payment.payer, at=at)
        _settle(made, TopUpState.SUCCEEDED, payment_intent=payment.id, failure="")
    elif payment.needs_action:
        _settle(made, TopUpState.NEEDS_ACTION, payment_intent=payment.id)
    elif payment.status in ("requires_payment_method", "canceled"):
        fail(made, payment.failure or "The card was declined.")


def _require_as_asked(made: TopUp, payment: stripe.Payment) -> None:
    if made.payment_intent not in ("", payment.id):
        raise NotAsAsked(f"{payment.id} is a second payment of one top-up; not booked")
    if (
        payment.currency != made.currency
        or micro_from_minor(payment.amount, made.currency) != made.amount_micro
    ):
        raise NotAsAsked(f"{payment.id} took another amount than was asked for; not booked")


def _book(made: TopUp, payment_id: str, at: datetime) -> None:
    pending = ledger.account(kind=Kind.STRIPE_PENDING, currency=made.currency)
    wallet = brokerage.wallet_account(renter=made.organisation, currency=made.currency)
    ledger.post(
        key=f"stripe:pi:{payment_id}",
        kind="top_up",
        entries=[ledger.Entry(debit=pending, credit=wallet, amount=made.amount_micro)],
        at=at,
    )


def fail(made: TopUp, reason: str) -> None:
    """Note that Stripe took nothing."""
    _settle(made, TopUpState.FAILED, failure=reason[:300])


def _settle(made: TopUp, to: TopUpState, **also: str) -> None:
    """Move on; a state that was reached before by another path stays."""
    if made.state == to:
        return
    try:
        move(made, to, table=TOP_UP_MOVES, **also)
    except IllegalMove:
        return
