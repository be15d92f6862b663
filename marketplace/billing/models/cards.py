"""The cards saved at Stripe, what may be taken from one unasked, and who paid with which."""

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import Organisation, User
from marketplace.core.models import Record


class SavedCard(Record):
    """A card saved at Stripe, as it may be shown; its number is never here."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="cards")
    payment_method = models.CharField(max_length=64, unique=True)
    brand = models.CharField(max_length=32)
    last4 = models.CharField(max_length=4)
    exp_month = models.PositiveSmallIntegerField()
    exp_year = models.PositiveSmallIntegerField()
    country = models.CharField(max_length=2, blank=True, help_text="where it was issued")
    is_default = models.BooleanField(default=False)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organisation", condition=Q(is_default=True), name="card_one_default"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(removed_at__isnull=True),
                name="card_default_not_removed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand.capitalize()} ending in {self.last4}"


class AutoTopUp(Record):
    """What the renter lets us take when the wallet runs low, from the default card, unasked."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="auto_top_up")
    enabled = models.BooleanField(default=True)
    threshold_micro = models.BigIntegerField(help_text="top up when less is available")
    amount_micro = models.BigIntegerField()
    day_cap_micro = models.BigIntegerField(help_text="at most in a day (UTC)")
    month_cap_micro = models.BigIntegerField(help_text="at most in a calendar month (UTC)")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(help_text="declines before it do not count")
    disabled_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "automatic top-up"
        constraints = [
            models.CheckConstraint(
                condition=Q(threshold_micro__gt=0, amount_micro__gt=0),
                name="auto_top_up_positive",
            ),
            models.CheckConstraint(
                condition=Q(
                    amount_micro__lte=F("day_cap_micro"), day_cap_micro__lte=F("month_cap_micro")
                ),
                name="auto_top_up_within_caps",
            ),
            models.CheckConstraint(
                condition=Q(enabled=False) | Q(disabled_reason=""),
                name="auto_top_up_disabled_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"automatic top-up of {self.organisation}"


class WalletNotice(Record):
    """Something about its money that an organisation should know or do; shown until put away."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="wallet_notices")
    key = models.CharField(max_length=200, unique=True)
    text = models.CharField(max_length=400)
    put_away_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation"], condition=Q(put_away_at__isnull=True), name="notice_shown"
            )
        ]

    def __str__(self) -> str:
        return self.text


class Payer(Record):
    """Whom a payment method of an organisation named, each once. Append-only."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="payers")
    fingerprint = models.CharField(max_length=64, help_text="of the card, by Stripe")
    name = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="of the billing address")
    card_country = models.CharField(max_length=2, blank=True)
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organisation",
                "fingerprint",
                "name",
                "country",
                "card_country",
                name="payer_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name or 'no name'}, card of {self.card_country or 'an unknown country'}"
