"""What a person asks for by a button: a test, and the same once more."""

from datetime import datetime

from django.db import transaction

from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.accounts.trail import trail
from marketplace.core import hints
from marketplace.hooks.models import TEST, Delivery, Endpoint
from marketplace.hooks.states import OVER, DeliveryState

from .keeping import SEND, BadEndpoint
from .passing_on import body


class NotOver(Exception):
    """It is still being tried; wait for its end."""


def test(*, principal: Principal, endpoint: Endpoint, at: datetime) -> Delivery:
    """Write a test event, sent once. Raises NotPermitted; BadEndpoint while it is paused."""
    principal.require(roles.RENT)
    if endpoint.paused_at is not None:
        raise BadEndpoint("id", "is paused; resume it first")
    with transaction.atomic():
        row = Delivery.objects.create(
            endpoint=endpoint,
            kind=TEST,
            body=body(TEST, at, {"id": str(endpoint.public_id)}),
            since=at,
            next_at=at,
            created_at=at,
        )
        hints.after_commit(SEND)
    return row


def redeliver(*, principal: Principal, delivery: Delivery, at: datetime) -> None:
    """Send the same event once more, with the same webhook-id. Raises NotPermitted, NotOver."""
    principal.require(roles.RENT)
    told = {"delivery": str(delivery.public_id)}
    with transaction.atomic():
        over = Delivery.objects.filter(pk=delivery.pk, state__in=OVER)
        if not over.update(state=DeliveryState.PENDING, since=at, tries=0, next_at=at):
            raise NotOver("it is still being tried; wait for its end")
        verb = "asked for a delivery again"
        trail(verb=verb, subject=delivery.endpoint, by=principal.user, at=at, **told)
        hints.after_commit(SEND)
