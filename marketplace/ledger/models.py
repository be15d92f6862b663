"""Double entry in which one row is one balanced transfer.

A transfer debits one account and credits another by the same positive amount in the same
currency, so no set of rows can be out of balance. Sign rule: balance = credits - debits, so
wallets and payables are positive. Only accounts that must not fall below a floor (wallets, and what
is payable to a provider) carry a balance row; a trigger keeps it, and its CHECK is what refuses an
overspend. Every transaction has a key that names the outside fact it books; the same fact booked
twice is one transaction.
"""

from django.db import models
from django.db.models import F, Q

from marketplace.core.models import Record
from marketplace.core.showing import money


class Kind(models.TextChoices):
    # assets
    STRIPE_PENDING = "stripe_pending"
    STRIPE_AVAILABLE = "stripe_available"
    BANK = "bank"
    DISPUTE_HELD = "dispute_held"
    RENTER_RECEIVABLE = "renter_receivable"
    PROVIDER_RECEIVABLE = "provider_receivable"
    TAX_RECEIVABLE = "tax_receivable"
    # liabilities
    WALLET = "wallet_paid"
    PROVIDER_PENDING = "provider_pending"
    PROVIDER_AVAILABLE = "provider_available"
    PAYOUT_IN_TRANSIT = "payout_in_transit"
    TAX_PAYABLE = "tax_payable"
    # income
    PLATFORM_FEE = "platform_fee"
    # expense
    STRIPE_FEE = "stripe_fee"
    PROMO = "promo"
    BAD_DEBT = "bad_debt"
    SLA_CREDIT = "sla_credit"
    ROUNDING = "rounding"


#: carry a balance row, which ledger_open_balance opens with the account
FLOORED = (Kind.WALLET, Kind.PROVIDER_AVAILABLE)


class Account(Record):
    kind = models.CharField(max_length=32, choices=Kind)
    owner = models.UUIDField(null=True, blank=True, help_text="public id of the organisation")
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "kind", "owner", "currency", nulls_distinct=False, name="account_once"
            ),
            models.UniqueConstraint("id", "currency", name="account_currency"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="account_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display().lower()} {self.owner or 'Straits'} {self.currency}"


class Transaction(Record):
    """One outside fact, booked once. Append-only.

    The table has a column more, `xid`: the number of the database transaction that wrote the row,
    by which seals tell what is finished. Ids are given out before a commit, so they cannot.
    """

    key = models.CharField(max_length=200, unique=True)
    content_sha256 = models.BinaryField()
    kind = models.CharField(max_length=32)
    event_at = models.DateTimeField(help_text="when the fact happened")
    actor = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.key


class Transfer(models.Model):
    """Amount (micro-units) from the debit account to the credit account. Append-only."""

    transaction = models.ForeignKey(Transaction, models.PROTECT, related_name="transfers")
    debit = models.ForeignKey(Account, models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, models.PROTECT, related_name="credits")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_amount_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_two_accounts"),
        ]

    def __str__(self) -> str:
        return money(self.amount, self.currency)


class Balance(models.Model):
    """Cached sum and held part of an account with a floor. Written by triggers only."""

    account = models.OneToOneField(Account, models.PROTECT, primary_key=True)
    posted = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(held__gte=0), name="balance_held_not_negative"),
            models.CheckConstraint(
                condition=Q(floor__lte=F("posted") - F("held")), name="balance_above_floor"
            ),
        ]

    def __str__(self) -> str:
        return f"{money(self.posted)} posted, {money(self.held)} held"

    @property
    def available(self) -> int:
        return self.posted - self.held


class Hold(Record):
    """Money of a wallet set aside for one purpose; `amount` is what is still set aside."""

    key = models.CharField(max_length=200, unique=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="holds")
    placed = models.BigIntegerField(help_text="micro-units set aside at first")
    amount = models.BigIntegerField(help_text="micro-units still set aside; 0 when released")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount__lte=F("placed")), name="hold_within_placed"
            ),
            models.CheckConstraint(condition=Q(placed__gt=0), name="hold_placed_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {money(self.amount)} of {money(self.placed)}"


class Freeze(Record):
    """While it is not lifted nothing new may be set aside in this wallet.

    What was set aside before can still be spent, and money can still come in. The trigger of holds
    asks for it under the lock of the wallet's balance.
    """

    key = models.CharField(max_length=200, unique=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="freezes")
    reason = models.CharField(max_length=300)
    placed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # the trigger of holds asks for exactly these
            models.Index(
                fields=["account"], condition=Q(lifted_at__isnull=True), name="freeze_standing"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | Q(lifted_at__gte=F("placed_at")),
                name="freeze_lifted_after",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.reason}"


class Seal(models.Model):
    """What was booked in the database's transactions below `upto_xid`, fixed by a chained digest.

    A seal begins where the one before ended. Append-only.
    """

    seq = models.PositiveIntegerField(primary_key=True)
    day = models.DateField(unique=True)
    sealed_at = models.DateTimeField()
    upto_xid = models.BigIntegerField(help_text="first transaction number not sealed any more")
    transactions = models.PositiveBigIntegerField()
    transfers = models.PositiveBigIntegerField()
    sums = models.JSONField(help_text="credits - debits in micro-units, by account id")
    sha256 = models.BinaryField()
    prev_sha256 = models.BinaryField(blank=True)

    def __str__(self) -> str:
        return f"seal {self.seq} of {self.day}"
