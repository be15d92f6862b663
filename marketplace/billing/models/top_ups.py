"""Money that a renter asked to move from a card into the wallet."""

from django.db import models
from django.db.models import Q

from marketplace.accounts.models import Organisation, User
from marketplace.billing.states import UNDER_WAY, TopUpState
from marketplace.core.models import Record
from marketplace.core.states import Stateful


class TopUp(Record, Stateful):
    """Money a renter asked to move from a card into the wallet. Stripe says what became of it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="top_ups")
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    amount_micro = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    payment_method = models.CharField(
        max_length=64, blank=True, help_text="empty: one that is given on Stripe's page"
    )
    automatic = models.BooleanField(default=False)
    state = models.CharField(max_length=16, choices=TopUpState, default=TopUpState.PENDING)
    failure = models.CharField(max_length=300, blank=True)
    payment_intent = models.CharField(max_length=64, blank=True)
    checkout_session = models.CharField(max_length=120, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    idempotency_key = models.CharField(max_length=200)
    request_sha256 = models.BinaryField()

    class Meta:
        verbose_name = "top-up"
        constraints = [
            models.UniqueConstraint("organisation", "idempotency_key", name="top_up_key_once"),
            models.UniqueConstraint(
                "payment_intent", condition=~Q(payment_intent=""), name="top_up_intent_once"
            ),
            models.UniqueConstraint(
                "organisation",
                condition=Q(automatic=True, state__in=UNDER_WAY),
                name="top_up_one_automatic_in_flight",
            ),
            models.CheckConstraint(condition=Q(amount_micro__gt=0), name="top_up_positive"),
            models.CheckConstraint(
                condition=Q(state__in=TopUpState.values), name="top_up_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"top-up {self.public_id} ({self.get_state_display().lower()})"
