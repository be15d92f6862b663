"""Events from Stripe: stored once, answered at once, handled by asking for the current state."""

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.billing import stripe
from marketplace.billing.models import StripeEvent, TopUp
from marketplace.billing.stripe import BadSignature
from marketplace.core.hints import after_commit

from . import top_ups

log = logging.getLogger(__name__)


def store_event(*, payload: bytes, signature: str, at: datetime) -> StripeEvent:
    """Verify and store a webhook; the same event again is the same row. Raises BadSignature."""
    event = stripe.verify_event(payload=payload, signature=signature, at=at)
    with transaction.atomic():
        StripeEvent.objects.bulk_create(
            [
                StripeEvent(
                    event_id=event.id,
                    type=event.type,
                    object_id=event.object_id,
                    raw=payload,
                    received_at=at,
                    created_at=at,
                )
            ],
            ignore_conflicts=True,
        )
        stored = StripeEvent.objects.get(event_id=event.id)
        if stored.handled_at is None:
            after_commit("marketplace.billing.tasks.handle_event", event_id=stored.pk)
    return stored


def handle_event(*, event: StripeEvent, at: datetime) -> None:
    """Act on a stored event, whatever its order: what counts is the payment's state now.

    Raises Unavailable when Stripe cannot be asked; the event then stays for the next sweep.
    """
    if event.handled_at is not None:
        return
    if not event.type.startswith("payment_intent."):
        _close(event, "not an event we act on", at)
        return
    try:
        payment = stripe.retrieve_payment(payment_id=event.object_id)
    except stripe.Misused as reason:
        log.error("%s is about a payment that Stripe does not show us: %s", event, reason)
        _close(event, str(reason), at)
        return
    with transaction.atomic():
        row = StripeEvent.objects.select_for_update(no_key=True).get(pk=event.pk)
        if row.handled_at is None:
            _close(row, _apply(row, payment, at), at)


def _close(event: StripeEvent, note: str, at: datetime) -> None:
    open_ = StripeEvent.objects.filter(pk=event.pk, handled_at__isnull=True)
    open_.update(handled_at=at, error=note[:500])


def _apply(event: StripeEvent, payment: stripe.Payment, at: datetime) -> str:
    """Do what the event asks for; returns what staff should know, usually nothing."""
    made = _top_up_of(event)
    if made is None:
        log.warning("%s is about a payment that no top-up asked for", event)
        return "no top-up of ours"
    try:
        top_ups.apply(made, payment, at)
    except top_ups.NotAsAsked as reason:
        log.error("%s: %s", event, reason)
        return str(reason)
    return ""


def _top_up_of(event: StripeEvent) -> TopUp | None:
    """The top-up that the payment's metadata names, locked."""
    try:
        public_id = UUID(event.metadata["top_up"])
    except (KeyError, ValueError):
        return None
    rows = TopUp.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("organisation").filter(public_id=public_id).first()


__all__ = ["BadSignature", "handle_event", "store_event"]
