"""What goes to Stripe and what comes from there: the outbox and the inbox."""

import json
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

from marketplace.billing.states import CommandState
from marketplace.core.models import Record
from marketplace.core.showing import code_words
from marketplace.core.states import Stateful

from .cards import SavedCard
from .credit import Refund
from .payouts import Payout
from .stripe_tax import TaxFiling
from .top_ups import TopUp


class StripeCommandQuerySet(models.QuerySet["StripeCommand"]):
    def due(self, *, at: datetime) -> Self:
        """Waiting and due, or claimed by a sender that did not come back in time."""
        waiting = Q(state=CommandState.PENDING, next_at__lte=at)
        abandoned = Q(state=CommandState.SENDING, claimed_until__lte=at)
        return self.filter(waiting | abandoned)


class StripeCommand(Record, Stateful):
    """Outbox: a call to Stripe that a business transaction decided on, made after it committed."""

    kind = models.CharField(max_length=40, help_text="name of a function in billing.stripe")
    idempotency_key = models.CharField(max_length=200, unique=True)
    params = models.JSONField()
    top_up = models.ForeignKey(TopUp, models.PROTECT, null=True, related_name="commands")
    payout = models.ForeignKey(Payout, models.PROTECT, null=True, related_name="commands")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="commands")
    card = models.ForeignKey(SavedCard, models.PROTECT, null=True, related_name="commands")
    tax_filing = models.ForeignKey(TaxFiling, models.PROTECT, null=True, related_name="commands")
    state = models.CharField(max_length=16, choices=CommandState, default=CommandState.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    objects = StripeCommandQuerySet.as_manager()

    class Meta:
        indexes = [
            # the sender's sweep asks for exactly these
            models.Index(
                fields=["next_at"],
                condition=Q(state__in=[CommandState.PENDING, CommandState.SENDING]),
                name="command_due",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=CommandState.values), name="command_state_known"
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{code_words(self.kind)} {self.idempotency_key} ({self.get_state_display().lower()})"
        )


class StripeEvent(Record):
    """Inbox: a webhook as it arrived but for secrets, verified, stored once, handled by a task."""

    # of whatever Stripe tells us; an id may have 255 characters, and one of a page has 66
    event_id = models.CharField(max_length=255, unique=True)
    type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=255)
    raw = models.BinaryField()
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["received_at"], condition=Q(handled_at__isnull=True), name="event_unhandled"
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"

    @property
    def content(self) -> dict[str, Any]:
        """The object as it was when the event was made; the signature covers it."""
        about: dict[str, Any] = self._event["data"]["object"]
        return about

    @property
    def metadata(self) -> dict[str, str]:
        """What we wrote on the object the event is about."""
        return dict(self.content.get("metadata") or {})

    @property
    def customer(self) -> str:
        return str(self.content.get("customer") or "")

    @property
    def account(self) -> str:
        """The provider's account with Stripe that it happened on; empty when it was our own."""
        return str(self._event.get("account") or "")

    @property
    def _event(self) -> dict[str, Any]:
        whole: dict[str, Any] = json.loads(bytes(self.raw))
        return whole
