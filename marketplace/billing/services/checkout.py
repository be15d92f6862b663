"""A top-up on Stripe's own page, and a payment that its card's owner still has to confirm."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.services import require_confirmed
from marketplace.billing import stripe
from marketplace.billing.models import StripeCommand, TopUp
from marketplace.billing.states import TopUpState
from marketplace.core.hints import after_commit
from marketplace.core.states import IllegalMove

from . import top_ups
from .customers import ensure_customer

#: the page may be used for this long (Stripe takes 30 minutes to 24 hours)
OPEN_FOR = timedelta(hours=2)
#: a payment that waits for its card's owner is given up after this
PATIENCE = timedelta(hours=24)
LEFT = "The payment page was left without paying."


@dataclass(frozen=True)
class Page:
    """A top-up, and the address at Stripe where it is paid."""

    top_up: TopUp
    url: str


def top_up_page(
    *,
    organisation: Organisation,
    by: User | None,
    amount_micro: int,
    back: str,
    save_card: bool,
    key: str,
    at: datetime,
) -> Page:
    """Open Stripe's page on which this amount is paid; the same key opens the same one.

    The money is booked when Stripe says it was taken, whether or not the visitor comes back to
    `back`. Raises BadTopUp, NotConfirmed and KeyReused before Stripe is asked, Unavailable or
    Misused after.
    """
    require_confirmed(user=by)
    minor = top_ups.check_amount(amount_micro)
    made, _ = top_ups.record(
        organisation=organisation,
        by=by,
        amount_micro=amount_micro,
        payment_method="",
        key=key,
        at=at,
        save_card=save_card,
    )
    seen = stripe.open_checkout(
        params={
            "mode": "payment",
            "customer": ensure_customer(organisation=organisation),
            "allowed_payment_method_types": ["card"],
            "line_items": [_line(minor)],
            "payment_intent_data": {
                "metadata": {"top_up": str(made.public_id)},
                **({"setup_future_usage": "off_session"} if save_card else {}),
            },
            "expires_at": int((made.created_at + OPEN_FOR).timestamp()),
            "metadata": {"top_up": str(made.public_id)},
            "success_url": back,
            "cancel_url": back,
        },
        idempotency_key=f"checkout:{made.public_id}",
    )
    TopUp.objects.filter(pk=made.pk, checkout_session="").update(checkout_session=seen.id)
    made.refresh_from_db()
    return Page(made, seen.url)


def _line(minor: int) -> dict[str, Any]:
    return {
        "quantity": 1,
        "price_data": {
            "currency": settings.CURRENCY.lower(),
            "unit_amount": minor,
            "product_data": {"name": "Money for your Straits wallet"},
        },
    }


def payment_of(seen: stripe.Checkout) -> stripe.Payment | None:
    """The payment that was tried on a page, as it is now. Raises Unavailable or Misused."""
    return stripe.retrieve_payment(payment_id=seen.payment_id) if seen.payment_id else None


def apply_checkout(
    made: TopUp, seen: stripe.Checkout, payment: stripe.Payment | None, at: datetime
) -> None:
    """Bring a (locked) top-up to what became of its page, where cards may have been refused.

    Raises NotAsAsked, having written nothing.
    """
    if payment is not None:
        top_ups.apply(made, payment, at)
    if seen.expired and (payment is None or payment.open):
        top_ups.fail(made, LEFT, at)


def confirm_page(*, organisation: Organisation, top_up: UUID, back: str, at: datetime) -> str:
    """Try a payment again whose bank wants to hear from the card's owner, who is there now.

    Returns the address at which the owner answers the bank, empty when it did not ask again. Raises
    IllegalMove when nothing waits, Declined, Unavailable and Misused.
    """
    made = TopUp.objects.get(organisation=organisation, public_id=top_up)
    if made.state != TopUpState.NEEDS_ACTION:
        raise IllegalMove(f"{made} does not wait to be confirmed")
    try:
        payment = _ask_again(made, back, at)
    except stripe.Declined as reason:
        with transaction.atomic():
            top_ups.fail(_locked(made), str(reason), at)
        raise
    with transaction.atomic():
        top_ups.apply(_locked(made), payment, at)
    return payment.action_url


def _ask_again(made: TopUp, back: str, at: datetime) -> stripe.Payment:
    """Unless the bank's question is open still, as it was asked."""
    payment = stripe.retrieve_payment(payment_id=made.payment_intent)
    if payment.action_url or payment.status not in ("requires_payment_method", "requires_action"):
        return payment
    return stripe.confirm_payment(
        payment_id=made.payment_intent,
        payment_method=made.payment_method,
        return_url=back,
        idempotency_key=f"confirm:{made.public_id}:{at:%Y%m%d%H%M}",
    )


def _locked(made: TopUp) -> TopUp:
    rows = TopUp.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("organisation").get(pk=made.pk)


def give_up(*, top_up: TopUp, at: datetime) -> None:
    """Have Stripe cancel a payment that waited too long for the card's owner, once."""
    with transaction.atomic():
        command, fresh = StripeCommand.objects.get_or_create(
            idempotency_key=f"cancel:{top_up.public_id}",
            defaults={
                "kind": "cancel_payment",
                "top_up": top_up,
                "params": {"id": top_up.payment_intent},
                "next_at": at,
                "created_at": at,
            },
        )
        if fresh:
            after_commit("marketplace.billing.tasks.send_command", command_id=command.pk)


def look_at_page(*, top_up: TopUp, at: datetime) -> None:
    """Ask what became of a page that nobody has told us of. Raises Unavailable or Misused."""
    if not top_up.checkout_session:
        # its address never reached us, so nobody was ever on it
        with transaction.atomic():
            top_ups.fail(_locked(top_up), LEFT, at)
        return
    seen = stripe.retrieve_checkout(checkout_id=top_up.checkout_session)
    payment = payment_of(seen)
    with transaction.atomic():
        apply_checkout(_locked(top_up), seen, payment, at)


def overdue_pages(*, at: datetime) -> list[TopUp]:
    """Top-ups whose page is over and of which nothing was heard."""
    rows = TopUp.objects.filter(state=TopUpState.PENDING, payment_method="")
    return list(rows.filter(created_at__lte=at - OPEN_FOR - timedelta(minutes=10)))


def unconfirmed(*, at: datetime) -> list[TopUp]:
    """Top-ups that wait for their card's owner for too long."""
    rows = TopUp.objects.filter(state=TopUpState.NEEDS_ACTION, created_at__lte=at - PATIENCE)
    return list(rows.exclude(commands__kind="cancel_payment"))
