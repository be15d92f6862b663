"""What the money in a wallet came from, lot by lot, and what was sent back to its card."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import Organisation, User
from marketplace.billing.states import GrantState, LotKind, RefundState
from marketplace.core.models import Record
from marketplace.core.showing import money
from marketplace.core.states import Stateful


class CreditGrant(Record, Stateful):
    """Promotional credit: one member of staff proposes it, another one gives it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="credit_grants")
    amount_micro = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    expires_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=16, choices=GrantState, default=GrantState.PROPOSED)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_micro__gt=0), name="grant_positive"),
            models.CheckConstraint(
                condition=Q(state__in=GrantState.values), name="grant_state_known"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="grant_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=GrantState.PROPOSED, decided_by__isnull=True, decided_at__isnull=True
                )
                | (
                    ~Q(state=GrantState.PROPOSED)
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="grant_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"credit of {money(self.amount_micro, self.currency)} to {self.organisation}"


class CreditLotQuerySet(models.QuerySet["CreditLot"]):
    def in_order_of_spending(self) -> Self:
        """Promotional first, what expires soonest of that; then what was paid, oldest first."""
        promo_first = models.Case(
            models.When(kind=LotKind.PROMO, then=0), default=1, output_field=models.IntegerField()
        )
        return self.order_by(promo_first, F("expires_at").asc(nulls_last=True), "pk")

    def expired(self, *, at: datetime) -> Self:
        """Past their time with something left."""
        left = Q(amount_micro__gt=F("spent_micro") + F("gone_micro"))
        return self.filter(left, expires_at__lte=at)


class CreditLot(Record):
    """One payment or gift that came into a wallet, and what has become of it.

    The wallet is one account of the ledger; lots say which money in it is which. What was spent is
    drawn from them when somebody needs to know, see services/lots.py.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="credit_lots")
    kind = models.CharField(max_length=8, choices=LotKind)
    top_up = models.OneToOneField(
        "TopUp", models.PROTECT, null=True, blank=True, related_name="lot"
    )
    grant = models.OneToOneField(
        CreditGrant, models.PROTECT, null=True, blank=True, related_name="lot"
    )
    amount_micro = models.BigIntegerField()
    spent_micro = models.BigIntegerField(default=0, help_text="drawn for usage, debts or disputes")
    gone_micro = models.BigIntegerField(default=0, help_text="refunded, expired or charged back")
    refunding_micro = models.BigIntegerField(default=0, help_text="asked back, not booked yet")
    currency = models.CharField(max_length=3)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = CreditLotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    amount_micro__gt=0,
                    spent_micro__gte=0,
                    gone_micro__gte=0,
                    refunding_micro__gte=0,
                ),
                name="lot_parts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    amount_micro__gte=F("spent_micro") + F("gone_micro") + F("refunding_micro")
                ),
                name="lot_not_used_twice",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=LotKind.PAID,
                    top_up__isnull=False,
                    grant__isnull=True,
                    expires_at__isnull=True,
                )
                | Q(
                    kind=LotKind.PROMO,
                    top_up__isnull=True,
                    grant__isnull=False,
                    expires_at__isnull=False,
                    refunding_micro=0,
                ),
                name="lot_has_one_origin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} lot of {money(self.amount_micro, self.currency)}"

    @property
    def remaining_micro(self) -> int:
        return self.amount_micro - self.spent_micro - self.gone_micro

    @property
    def free_micro(self) -> int:
        """What may still be drawn or asked back."""
        return self.remaining_micro - self.refunding_micro


class LotMove(Record):
    """One change of what a lot has left. Append-only; a lot is the sum of its moves."""

    class Kind(models.TextChoices):
        SPENT = "spent"
        RETURNED = "returned"
        REFUNDED = "refunded"
        REFUND_FAILED = "refund_failed"
        EXPIRED = "expired"
        DISPUTED = "disputed"

    lot = models.ForeignKey(CreditLot, models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=16, choices=Kind)
    amount_micro = models.BigIntegerField(help_text="negative takes from the lot")
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=["spent", "refunded", "expired", "disputed"], amount_micro__lt=0
                )
                | Q(kind__in=["returned", "refund_failed"], amount_micro__gt=0),
                name="lot_move_its_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {money(self.amount_micro)}"


class Refund(Record, Stateful):
    """Unspent money on its way back to the card that it came from."""

    lot = models.ForeignKey(CreditLot, models.PROTECT, related_name="refunds")
    amount_micro = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=16, choices=RefundState, default=RefundState.ASKED)
    hold = models.OneToOneField("ledger.Hold", models.PROTECT, related_name="+")
    refund_id = models.CharField(max_length=64, blank=True, help_text="at Stripe")
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300)
    failure = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    idempotency_key = models.CharField(max_length=200, unique=True)
    request_sha256 = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint("refund_id", condition=~Q(refund_id=""), name="refund_id_once"),
            models.CheckConstraint(condition=Q(amount_micro__gt=0), name="refund_positive"),
            models.CheckConstraint(
                condition=Q(state__in=RefundState.values), name="refund_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"refund {self.public_id} ({self.get_state_display().lower()})"
