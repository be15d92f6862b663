"""Money from a card into the wallet: asked here, sent by the outbox, booked once."""

import re
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.services import require_confirmed
from marketplace.billing import stripe
from marketplace.billing.models import SavedCard, StripeCommand, TopUp
from marketplace.billing.states import TOP_UP_MOVES, TopUpState
from marketplace.core import changes
from marketplace.core.hints import after_commit
from marketplace.core.idempotency import digest, require_same
from marketplace.core.money import MICRO, BadAmount, micro_from_minor, minor_from_micro
from marketplace.core.refusals import BadField
from marketplace.core.states import IllegalMove, move
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Balance, Kind

from . import lots, notices, owing
from .payers import note_payer
from .telling import tell_top_up

LEAST_MICRO = 1 * MICRO
MOST_MICRO = 100_000 * MICRO
CANCELLED = "The card was declined."
CONFIRM = "Your bank wants you to confirm a payment: open it in the list of top-ups and confirm it."
PAYMENT_METHOD = re.compile(r"pm_[A-Za-z0-9_]{1,60}")


class BadTopUp(BadField):
    """A top-up cannot be asked for like this."""


class NotAsAsked(Exception):
    """Stripe took something else than the top-up asked for; staff must look at it."""


def wallet(*, organisation: Organisation) -> Balance:
    """What the organisation has, what of it is held, and what it may spend."""
    return ledger.balance(account=lots.wallet_of(organisation))


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

    Raises BadTopUp, NotConfirmed and KeyReused; then nothing was written and Stripe was not asked.
    """
    require_confirmed(user=by)
    minor = check_amount(amount_micro)
    customer = _customer(organisation, payment_method)
    with transaction.atomic():
        made, fresh = record(
            organisation=organisation,
            by=by,
            amount_micro=amount_micro,
            payment_method=payment_method,
            key=key,
            at=at,
        )
        if fresh:
            order(made, minor, at, return_url=f"{settings.PUBLIC_URL}/wallet/", **customer)
    return made


def record(
    *,
    organisation: Organisation,
    by: User | None,
    amount_micro: int,
    payment_method: str,
    key: str,
    at: datetime,
    automatic: bool = False,
    save_card: bool = False,
) -> tuple[TopUp, bool]:
    """The row of a top-up, and whether it is new. Raises KeyReused.

    Raises IntegrityError when an automatic one is in flight already.
    """
    asked = {"amount_micro": amount_micro, "payment_method": payment_method}
    content = digest(asked | ({"save_card": True} if save_card else {}))
    try:
        with transaction.atomic():
            made = TopUp.objects.create(
                organisation=organisation,
                requested_by=by,
                amount_micro=amount_micro,
                currency=settings.CURRENCY,
                payment_method=payment_method,
                automatic=automatic,
                idempotency_key=key,
                request_sha256=content,
                created_at=at,
            )
    except IntegrityError as error:
        if "top_up_key_once" not in str(error):
            raise
        made = TopUp.objects.get(organisation=organisation, idempotency_key=key)
        require_same(made.request_sha256, content, key=key)
        return made, False
    return made, True


def check_amount(amount_micro: int) -> int:
    """The amount in minor units. Raises BadTopUp."""
    if not LEAST_MICRO <= amount_micro <= MOST_MICRO:
        raise BadTopUp("amount_micro", "must be from 1 to 100,000 USD")
    try:
        return minor_from_micro(amount_micro, settings.CURRENCY)
    except BadAmount as error:
        raise BadTopUp("amount_micro", "must be a whole number of cents") from error


def _customer(organisation: Organisation, payment_method: str) -> dict[str, str]:
    """Whose saved card it is, for Stripe to check; a card of others is refused here."""
    if not PAYMENT_METHOD.fullmatch(payment_method):
        raise BadTopUp("payment_method", "must be the id of a payment method, such as pm_...")
    card = SavedCard.objects.filter(payment_method=payment_method).first()
    if card is None:
        return {}
    if card.organisation_id != organisation.pk or card.removed_at is not None:
        raise BadTopUp("payment_method", "is not among your saved cards")
    return {"customer": organisation.stripe_customer}


def order(made: TopUp, minor: int, at: datetime, **more: object) -> StripeCommand:
    """Write the command that takes the money."""
    command = StripeCommand.objects.create(
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
            **more,
        },
        next_at=at,
        created_at=at,
    )
    after_commit("marketplace.billing.tasks.send_command", command_id=command.pk)
    return command


def apply(made: TopUp, payment: stripe.Payment, at: datetime) -> None:
    """Bring a (locked) top-up to what Stripe says of its payment now.

    Every path to this knowledge may call it, late and repeatedly; one of them books. Raises
    NotAsAsked, having written nothing.
    """
    if payment.succeeded:
        _require_as_asked(made, payment)
        _book(made, payment.id, at)
        note_payer(organisation=made.organisation, payer=payment.payer, at=at)
        notices.take_back(key=_confirm_key(made), at=at)
        _settle(
            made, TopUpState.SUCCEEDED, at, payment_intent=payment.id, failure="", settled_at=at
        )
        owing.collect(organisation=made.organisation, at=at)
    elif payment.status == "canceled":
        fail(made, payment.failure or CANCELLED, at)
    elif not made.payment_method:
        return  # on Stripe's page its visitor answers the bank, or tries another card
    elif payment.needs_action:
        wait_for_owner(made, payment.id, at)
    elif payment.status == "requires_payment_method":
        fail(made, payment.failure or CANCELLED, at)


def wait_for_owner(made: TopUp, payment_id: str, at: datetime) -> None:
    """The bank wants to hear from the card's owner, who is told so."""
    if made.state == TopUpState.PENDING:
        _settle(made, TopUpState.NEEDS_ACTION, at, payment_intent=payment_id)
        notices.tell(organisation=made.organisation, key=_confirm_key(made), text=CONFIRM, at=at)


def _confirm_key(made: TopUp) -> str:
    return f"confirm:{made.public_id}"


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
    lots.add_paid(top_up=made, at=at)
    ledger.post(
        key=f"stripe:pi:{payment_id}",
        kind="top_up",
        entries=[ledger.Entry(pending, lots.wallet_of(made.organisation), made.amount_micro)],
        at=at,
    )


def fail(made: TopUp, reason: str, at: datetime) -> None:
    """Note that Stripe took nothing."""
    notices.take_back(key=_confirm_key(made), at=at)
    _settle(made, TopUpState.FAILED, at, failure=reason[:300], settled_at=at)


def _settle(made: TopUp, to: TopUpState, at: datetime, **also: object) -> None:
    """Move on; a state that was reached before by another path stays."""
    if made.state == to:
        return
    try:
        move(made, to, table=TOP_UP_MOVES, **also)
    except IllegalMove:
        return
    changes.after_commit(made.organisation)
    tell_top_up(made, at)
