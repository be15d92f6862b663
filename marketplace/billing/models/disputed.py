"""Payments that a card's owner told the bank were wrong."""

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import Organisation
from marketplace.billing.states import DisputeState
from marketplace.core.models import Record
from marketplace.core.states import Stateful

#: what the key of a dispute's hold and freeze begins with
FREEZE = "dispute:"


class Dispute(Record, Stateful):
    """A dispute of a top-up as Stripe tells it, and what we set aside, took and lost.

    Stripe takes the money at once; who is right is known weeks later.
    """

    dispute_id = models.CharField(max_length=64, unique=True)
    top_up = models.ForeignKey("TopUp", models.PROTECT, related_name="disputes")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="disputes")
    amount_micro = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=16, choices=DisputeState)
    due_by = models.DateTimeField(null=True, blank=True, help_text="evidence must be sent before")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    hold = models.OneToOneField(
        "ledger.Hold", models.PROTECT, null=True, blank=True, related_name="+"
    )
    clawed_micro = models.BigIntegerField(default=0, help_text="taken from the wallet when lost")
    owed_micro = models.BigIntegerField(default=0, help_text="what the wallet did not have")

    class Meta:
        verbose_name = "dispute of a card payment"
        verbose_name_plural = "disputes of card payments"
        constraints = [
            models.CheckConstraint(condition=Q(amount_micro__gt=0), name="dispute_positive"),
            models.CheckConstraint(
                condition=Q(state__in=DisputeState.values), name="dispute_state_known"
            ),
            models.CheckConstraint(
                condition=Q(clawed_micro=0, owed_micro=0)
                | Q(
                    state=DisputeState.LOST,
                    clawed_micro__gte=0,
                    owed_micro__gte=0,
                    amount_micro=F("clawed_micro") + F("owed_micro"),
                ),
                name="dispute_loss_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"dispute {self.dispute_id} ({self.get_state_display().lower()})"

    @property
    def freeze_key(self) -> str:
        return f"{FREEZE}{self.dispute_id}"
