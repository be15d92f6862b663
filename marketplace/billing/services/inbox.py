"""Events from Stripe: stored once, answered at once, handled by asking for the current state."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from marketplace.billing import stripe
from marketplace.billing.models import StripeEvent
from marketplace.billing.stripe import BadSignature
from marketplace.core.hints import after_commit

from . import hearing, payouts

log = logging.getLogger(__name__)

#: events are looked for this far back, and not in the last minutes, when webhooks are under way
MISSED = timedelta(days=3)
UNDER_WAY = timedelta(minutes=10)


def store_event(*, payload: bytes, signature: str, at: datetime) -> StripeEvent:
    """Verify and store a webhook; the same event again is the same row. Raises BadSignature."""
    event = stripe.verify_event(payload=payload, signature=signature, at=at)
    with transaction.atomic():
        _store([(event, payload)], at)
        stored = StripeEvent.objects.get(event_id=event.id)
        if stored.handled_at is None:
            after_commit("marketplace.billing.tasks.handle_event", event_id=stored.pk)
    return stored


def store_missed_events(*, at: datetime) -> int:
    """Store the events whose webhook never came, as Stripe lists them; returns how many.

    The sweep of unhandled events then acts on them. Raises Unavailable or Misused; then what was
    listed until then is stored, so that a long list is got through in several times.
    """
    known = set(
        StripeEvent.objects.filter(received_at__gt=at - 2 * MISSED).values_list(
            "event_id", flat=True
        )
    )
    count = 0
    for page in stripe.list_events(since=at - MISSED, until=at - UNDER_WAY):
        missed = [(event, text) for event, text in page if event.id not in known]
        _store(missed[::-1], at)
        count += len(missed)
    if count:
        log.warning("%d events of Stripe never came as webhooks", count)
    return count


def _store(events: list[tuple[stripe.Event, bytes]], at: datetime) -> None:
    StripeEvent.objects.bulk_create(
        [
            StripeEvent(
                event_id=event.id,
                type=event.type,
                object_id=event.object_id,
                raw=stripe.without_secrets(raw),
                received_at=at,
                created_at=at,
            )
            for event, raw in events
        ],
        ignore_conflicts=True,
    )


def handle_event(*, event: StripeEvent, at: datetime) -> None:
    """Act on a stored event, whatever its order: what counts is the object's state now.

    Raises Unavailable when Stripe cannot be asked; the event then stays for the next sweep.
    """
    if event.handled_at is not None:
        return
    try:
        act = _hear(event, at)
    except stripe.Misused as reason:
        log.error("%s is about something that Stripe does not show us: %s", event, reason)
        _close(event, str(reason), at)
        return
    if act is None:
        _close(event, "not an event we act on", at)
        return
    with transaction.atomic():
        row = StripeEvent.objects.select_for_update(no_key=True).get(pk=event.pk)
        if row.handled_at is None:
            _close(row, act(), at)


def _hear(event: StripeEvent, at: datetime) -> Callable[[], str] | None:
    """Ask Stripe how what the event is about stands now; what to do then, None for nothing."""
    for begins, ask in hearing.BY_TYPE.items():
        if event.type.startswith(begins):
            return ask(event, at)
    return payouts.hear(event, at)


def _close(event: StripeEvent, note: str, at: datetime) -> None:
    open_ = StripeEvent.objects.filter(pk=event.pk, handled_at__isnull=True)
    open_.update(handled_at=at, error=note[:500])


__all__ = ["BadSignature", "handle_event", "store_event", "store_missed_events"]
