"""Stripe's own account of our balance there, and where it and the ledger disagree."""

from django.db import models
from django.db.models import F, Q

from marketplace.core.models import Record


class StripeMovement(Record):
    """A balance transaction as Stripe lists it; amounts in minor units. Append-only."""

    txn_id = models.CharField(max_length=64, unique=True)
    type = models.CharField(max_length=48)
    category = models.CharField(max_length=48, help_text="Stripe's reporting category")
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    happened_at = models.DateTimeField()
    available_on = models.DateTimeField()
    source = models.CharField(max_length=64, blank=True, help_text="what moved it")
    ledger_key = models.CharField(
        max_length=200, blank=True, help_text="of the posting that must stand beside it"
    )

    class Meta:
        indexes = [
            models.Index(fields=["happened_at"], name="movement_by_time"),
            models.Index(fields=["ledger_key"], name="movement_by_key"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(net_minor=F("amount_minor") - F("fee_minor")), name="movement_net"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.txn_id}"


class Reconciliation(Record):
    """One comparison of the ledger with Stripe, and its bounds. Append-only."""

    made_at = models.DateTimeField()
    until = models.DateTimeField(help_text="what came later may still be under way")
    movements = models.PositiveIntegerField(help_text="of Stripe's, compared")
    postings = models.PositiveIntegerField(help_text="of the ledger's, compared")
    findings_count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.until:%Y-%m-%d}: {self.findings_count} findings"


class Finding(Record):
    """One disagreement. It is shown, never mended by itself. Append-only."""

    class Kind(models.TextChoices):
        MISSING = "missing", "Stripe moved it, the ledger does not know it"
        EXTRA = "extra", "The ledger has it, Stripe does not"
        AMOUNT = "amount", "Both have it, with other amounts"
        BALANCE = "balance", "The balances differ by more than the findings explain"
        COMMAND = "command", "A command nobody knows the outcome of"
        EVENT = "event", "An event that nobody could handle"
        LOT = "lot", "A lot of credit is not the sum of its moves"
        CLOCK = "clock", "This server's clock is wrong by Stripe's"

    reconciliation = models.ForeignKey(Reconciliation, models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=16, choices=Kind)
    subject = models.CharField(max_length=200, help_text="key of the posting, or Stripe's id")
    stripe_micro = models.BigIntegerField(null=True, blank=True)
    ledger_micro = models.BigIntegerField(null=True, blank=True)
    note = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint("reconciliation", "kind", "subject", name="finding_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
