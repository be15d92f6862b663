"""What to do when Stripe tells of something: by the beginning of the event's type.

Each asks Stripe for the current state, outside any transaction, and returns what to do in one.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from marketplace.accounts.models import Organisation
from marketplace.billing import stripe
from marketplace.billing.models import Refund, StripeEvent, TopUp

from . import by_hand, checkout, customers, disputes, refunds, top_ups

log = logging.getLogger(__name__)

#: returns what staff should know, usually nothing
Act = Callable[[], str]
NOT_OURS = "no top-up of ours"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _top_up(**which: object) -> TopUp | None:
    """The top-up, locked."""
    rows = TopUp.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("organisation").filter(**which).first()


def _payment(event: StripeEvent, at: datetime) -> Act:
    seen = stripe.retrieve_payment(payment_id=event.object_id)
    return partial(_apply_payment, event, seen, at)


def _apply_payment(event: StripeEvent, seen: stripe.Payment, at: datetime) -> str:
    made = _top_up(public_id=_uuid(event.metadata.get("top_up", "")))
    if made is None:
        log.warning("%s is about a payment that no top-up asked for", event)
        return NOT_OURS
    return _book_payment(event, made, seen, at)


def _book_payment(event: StripeEvent, made: TopUp, seen: stripe.Payment, at: datetime) -> str:
    return _noted(event, partial(top_ups.apply, made, seen, at))


def _noted(event: StripeEvent, book: Callable[[], None]) -> str:
    """Book, or say why that payment is not booked."""
    try:
        book()
    except top_ups.NotAsAsked as reason:
        log.error("%s: %s", event, reason)
        return str(reason)
    return ""


def _refund(event: StripeEvent, at: datetime) -> Act:
    seen = stripe.retrieve_refund(refund_id=event.object_id)
    name = _uuid(seen.metadata.get("refund", ""))
    if name and Refund.objects.filter(public_id=name).exists():
        return partial(_apply_refund, event, name, seen, at)
    payment = stripe.retrieve_payment(payment_id=seen.payment_id) if seen.payment_id else None
    return partial(_apply_refund_by_hand, event, seen, payment, at)


def _apply_refund(event: StripeEvent, name: UUID, seen: stripe.Refunded, at: datetime) -> str:
    made = refunds.locked(name)
    assert made is not None  # noqa: S101  rows of evidence stay
    try:
        refunds.apply(made, seen, at)
    except refunds.NotAsRefunded as reason:
        log.error("%s: %s", event, reason)
        return str(reason)
    return ""


def _apply_refund_by_hand(
    event: StripeEvent, seen: stripe.Refunded, payment: stripe.Payment | None, at: datetime
) -> str:
    """The payment is booked first, if nobody has told us of it yet."""
    made = _top_up(public_id=_uuid(payment.top_up)) if payment else None
    if made is None or payment is None:
        log.error("%s gives back a payment that no top-up asked for", event)
        return NOT_OURS
    note = _book_payment(event, made, payment, at)
    return by_hand.apply(made, seen, at) if made.payment_intent == seen.payment_id else note


def _dispute(event: StripeEvent, at: datetime) -> Act:
    seen = stripe.retrieve_dispute(dispute_id=event.object_id)
    payment = stripe.retrieve_payment(payment_id=seen.payment_id) if seen.payment_id else None
    return partial(_apply_dispute, event, seen, payment, at)


def _apply_dispute(
    event: StripeEvent, seen: stripe.Disputed, payment: stripe.Payment | None, at: datetime
) -> str:
    """The payment is booked first, if nobody has told us of it yet."""
    made = _top_up(public_id=_uuid(payment.top_up)) if payment else None
    if made is None or payment is None:
        log.error("%s disputes a payment that no top-up asked for", event)
        return NOT_OURS
    note = _book_payment(event, made, payment, at)
    return disputes.apply(made, seen, at) if made.payment_intent == seen.payment_id else note


def _checkout(event: StripeEvent, at: datetime) -> Act:
    seen = stripe.retrieve_checkout(checkout_id=event.object_id)
    payment = checkout.payment_of(seen)
    cards = stripe.list_cards(customer=seen.customer) if seen.customer else []
    return partial(_apply_checkout, event, seen, payment, cards, at)


def _apply_checkout(
    event: StripeEvent,
    seen: stripe.Checkout,
    payment: stripe.Payment | None,
    cards: list[stripe.Card],
    at: datetime,
) -> str:
    made, note = _top_up(public_id=_uuid(seen.metadata.get("top_up", ""))), ""
    if made is not None:
        note = _noted(event, partial(checkout.apply_checkout, made, seen, payment, at))
    return _apply_cards(seen.customer, cards, at) or note


def _cards(event: StripeEvent, at: datetime) -> Act | None:
    """A card came or went; one that went does not say any more whose it was, so we look it up."""
    customer = event.customer or customers.customer_with(payment_method=event.object_id)
    if not customer:
        return None
    seen = stripe.list_cards(customer=customer)
    return partial(_apply_cards, customer, seen, at)


def _apply_cards(customer: str, seen: list[stripe.Card], at: datetime) -> str:
    owner = Organisation.objects.filter(stripe_customer=customer).first() if customer else None
    if owner is not None:
        customers.note_cards(organisation=owner, seen=seen, at=at)
    return ""


def _customer(event: StripeEvent, at: datetime) -> Act | None:
    if not stripe.customer_is_gone(customer=event.object_id):
        return None
    return partial(_forget_customer, event.object_id, at)


def _forget_customer(customer: str, at: datetime) -> str:
    customers.forget_customer(customer=customer, at=at)
    return ""


BY_TYPE: dict[str, Callable[[StripeEvent, datetime], Act | None]] = {
    "payment_intent.": _payment,
    "refund.": _refund,
    "charge.refund.": _refund,
    "charge.dispute.": _dispute,
    "checkout.session.": _checkout,
    "payment_method.": _cards,
    "customer.deleted": _customer,
    "setup_intent.succeeded": _cards,
}
