"""What an hour costs and why: terms that are never edited, only followed by later ones."""

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import Organisation, User
from marketplace.brokerage.models import Reservation
from marketplace.core.models import Record
from marketplace.core.showing import money, share


class TermsOffer(Record):
    """A price that a provider offers for the rest of a reservation. Append-only.

    It is accepted when a rate segment names it, and lapses at `since`.
    """

    reservation = models.ForeignKey(Reservation, models.PROTECT, related_name="terms_offers")
    price_micro_per_gpu_hour = models.BigIntegerField(help_text="before any discount of ours")
    since = models.DateTimeField(help_text="from when it would hold")
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(price_micro_per_gpu_hour__gt=0), name="terms_price_positive"
            ),
            models.CheckConstraint(
                condition=Q(since__gt=F("offered_at")), name="terms_lie_in_the_future"
            ),
        ]

    def __str__(self) -> str:
        return f"{money(self.price_micro_per_gpu_hour)} from {self.since:%Y-%m-%d %H:%MZ} on"


class Discount(Record):
    """A share of the price that renters are spared, out of our fee. Append-only.

    Of rows that name the same threshold the last one counts that had begun when a reservation was
    asked for; 0 ends it.
    """

    class Kind(models.TextChoices):
        COMMITMENT = "commitment"  # threshold: hours that the window is long
        VOLUME = "volume"  # threshold: micro-units charged in the 30 days before

    kind = models.CharField(max_length=16, choices=Kind)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, help_text="for this renter only"
    )
    threshold = models.BigIntegerField(help_text="at least: hours, or micro-units in 30 days")
    currency = models.CharField(max_length=3)
    share_bps = models.PositiveIntegerField(help_text="1/10,000 of the price; never above our fee")
    since = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["commitment", "volume"]), name="discount_kind_known"
            ),
            models.CheckConstraint(condition=Q(threshold__gte=0), name="discount_threshold"),
            models.CheckConstraint(condition=Q(share_bps__lte=10_000), name="discount_share"),
            models.CheckConstraint(
                condition=Q(since__gte=F("recorded_at")), name="discount_not_backdated"
            ),
        ]

    def __str__(self) -> str:
        return f"{share(self.share_bps)} from {self.least} ({self.kind})"

    @property
    def least(self) -> str:
        """The threshold in words."""
        if self.kind == self.Kind.VOLUME:
            return f"{money(self.threshold, self.currency)} in 30 days"
        return f"{self.threshold:,} h"


class RateSegment(Record):
    """The terms of a reservation from `since` on, until a later version takes over. Append-only.

    A moment is rated by the highest version that had begun by then. Version 1 is what was booked; a
    correction may begin in the past, and then what was charged by other terms is given back.
    """

    reservation = models.ForeignKey(Reservation, models.PROTECT, related_name="rates")
    version = models.PositiveIntegerField()
    since = models.DateTimeField()
    list_micro_per_gpu_hour = models.BigIntegerField(help_text="the provider's price")
    discount_bps = models.PositiveIntegerField(help_text="spared the renter, out of our fee")
    price_micro_per_gpu_hour = models.BigIntegerField(help_text="what the renter pays")
    fee_bps = models.PositiveIntegerField(help_text="our share of the provider's price")
    currency = models.CharField(max_length=3)
    minimum_ms = models.PositiveBigIntegerField(
        help_text="what a lease is billed for at least, if it had all its time"
    )
    offer = models.OneToOneField(
        TermsOffer, models.PROTECT, null=True, blank=True, related_name="accepted"
    )
    reason = models.CharField(max_length=300)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("reservation", "version", name="rate_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="rate_versions_from_one"),
            models.CheckConstraint(
                condition=Q(list_micro_per_gpu_hour__gt=0), name="rate_list_positive"
            ),
            models.CheckConstraint(
                condition=Q(discount_bps__lte=F("fee_bps"), fee_bps__lte=10_000),
                name="rate_discount_within_fee",
            ),
            models.CheckConstraint(
                condition=Q(
                    price_micro_per_gpu_hour=F("list_micro_per_gpu_hour")
                    * (10_000 - F("discount_bps"))
                    / 10_000
                ),
                name="rate_price_follows",
            ),
        ]

    def __str__(self) -> str:
        return f"rate {self.version} of {self.reservation}"
