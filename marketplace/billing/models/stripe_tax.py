"""Tax as Stripe reckons it: what was asked and answered, and which papers Stripe has on file."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import Organisation
from marketplace.core.models import Record
from marketplace.core.showing import money


class TaxCalculation(Record):
    """What Stripe answered to one question of what tax is on a sale. Append-only.

    An invoice that is taxed by Stripe takes the tax of exactly one; those that no invoice took
    were overtaken by a charge, or by somebody else who issued it.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    calculation_id = models.CharField(max_length=64, unique=True, help_text="Stripe's name for it")
    currency = models.CharField(max_length=3)
    base_micro = models.BigIntegerField(help_text="what is taxed, whole minor units")
    tax_micro = models.BigIntegerField()
    asked = models.JSONField(help_text="as Stripe was asked")
    breakdown = models.JSONField(help_text="each tax with its reason and rate, in minor units")
    expires_at = models.DateTimeField(help_text="until then Stripe files the sale by it")
    calculated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(base_micro__gt=0, tax_micro__gte=0), name="tax_calculation_amounts"
            ),
            models.CheckConstraint(condition=~Q(calculation_id=""), name="tax_calculation_named"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("calculated_at")), name="tax_calculation_lasts"
            ),
        ]

    def __str__(self) -> str:
        return f"{money(self.tax_micro, self.currency)} on {money(self.base_micro, self.currency)}"


class TaxFiling(Record):
    """That Stripe is to have an invoice or a credit note for its tax reports, and whether it has.

    Once Stripe's name for it is known, a trigger keeps it as it is.
    """

    invoice: Any = models.OneToOneField(
        "billing.Invoice", models.PROTECT, null=True, blank=True, related_name="tax_filing"
    )
    credit_note: Any = models.OneToOneField(
        "billing.CreditNote", models.PROTECT, null=True, blank=True, related_name="tax_filing"
    )
    transaction_id = models.CharField(
        max_length=64, blank=True, help_text="Stripe's name for it; empty: not known yet"
    )
    line_item = models.CharField(
        max_length=64, blank=True, help_text="Stripe's name for its only line"
    )
    filed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(invoice__isnull=False, credit_note__isnull=True)
                | Q(invoice__isnull=True, credit_note__isnull=False),
                name="tax_filing_of_one_paper",
            ),
            models.CheckConstraint(
                condition=Q(transaction_id="", line_item="", filed_at__isnull=True)
                | (~Q(transaction_id="") & ~Q(line_item="") & Q(filed_at__isnull=False)),
                name="tax_filing_whole",
            ),
            models.UniqueConstraint(
                fields=["transaction_id"],
                condition=~Q(transaction_id=""),
                name="tax_filing_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper}, {'filed' if self.transaction_id else 'not filed yet'}"

    @property
    def paper(self) -> Any:
        """The invoice or the credit note."""
        return self.invoice or self.credit_note
