"""Who sells, whom invoices are made out to, and how sales are taxed: rows nobody edits."""

from django.db import models
from django.db.models import Q

from marketplace.accounts.models import Organisation, User
from marketplace.billing.taxes import Treatment
from marketplace.core.models import Record

TREATMENTS = [(one.value, one.value.replace("_", " ")) for one in Treatment]


class Seller(Record):
    """Who sells, as printed on invoices from then on. Append-only; the last one counts."""

    name = models.CharField(max_length=200)
    address = models.TextField(max_length=500)
    country = models.CharField(max_length=2, help_text="ISO 3166-1")
    tax_id = models.CharField(max_length=64, blank=True, help_text="tax registration number")
    email = models.EmailField(blank=True, help_text="for questions about an invoice")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(address=""), name="seller_named"),
            models.CheckConstraint(condition=Q(country__regex="^[A-Z]{2}$"), name="seller_country"),
        ]

    def __str__(self) -> str:
        return self.name


class BillingDetails(Record):
    """What a renter wants printed on its invoices. Append-only; the last one counts."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="billing_details")
    name = models.CharField(max_length=200)
    address = models.TextField(max_length=500)
    postal_code = models.CharField(
        max_length=16, blank=True, help_text="where tax depends on it, as in the USA and Canada"
    )
    tax_id = models.CharField(max_length=64, blank=True, help_text="tax registration number")
    reference = models.CharField(max_length=80, blank=True, help_text="such as a purchase order")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "billing details"
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(address=""), name="details_named"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, for {self.organisation}"


class TaxRule(Record):
    """How sales to buyers of a jurisdiction are taxed from `since` on. Append-only.

    Of rows for the same jurisdiction and kind of buyer the last one counts that had begun by the
    tax point. Where there is none, no tax is added and the invoice says so: no rate is invented.
    """

    jurisdiction = models.CharField(max_length=2, help_text="of the buyer, ISO 3166-1")
    registered = models.BooleanField(help_text="for buyers that gave a tax registration number")
    treatment = models.CharField(max_length=16, choices=TREATMENTS)
    rate_bps = models.PositiveIntegerField(default=0, help_text="1/10,000 of the price")
    wording = models.CharField(max_length=200, help_text="as printed, such as GST 9%")
    source = models.CharField(max_length=300, help_text="the law or the ruling that says so")
    checked_by = models.CharField(
        max_length=200, blank=True, help_text="which counsel checked it; empty: verify with counsel"
    )
    since = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(jurisdiction__regex="^[A-Z]{2}$"), name="tax_rule_jurisdiction"
            ),
            models.CheckConstraint(
                condition=Q(treatment=Treatment.CHARGED.value, rate_bps__gt=0, rate_bps__lte=10_000)
                | Q(
                    treatment__in=[Treatment.REVERSE_CHARGE.value, Treatment.NOT_TAXED.value],
                    rate_bps=0,
                ),
                name="tax_rule_rate_fits",
            ),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(wording=""), name="tax_rule_has_a_source"
            ),
        ]

    def __str__(self) -> str:
        mark = "" if self.checked_by else ", verify with counsel"
        return f"{self.jurisdiction}: {self.wording} since {self.since:%Y-%m-%d}{mark}"
