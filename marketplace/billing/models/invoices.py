"""Invoices: what an organisation was charged in a period, numbered, taxed and frozen."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q, Value

from marketplace.accounts.models import Organisation, User
from marketplace.brokerage.models import Keeping, Lease, Reservation, WindowChange
from marketplace.core.models import Record
from marketplace.core.showing import money
from marketplace.core.times import span_text
from marketplace.ledger.models import Account

from .parties import TREATMENTS, TaxRule
from .rates import RateSegment
from .stripe_tax import TaxCalculation


class NumberSeries(models.Model):
    """The last number given out in a series; its row is locked by whoever issues the next."""

    code = models.CharField(max_length=16, primary_key=True, help_text="such as INV-2026")
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "number series"

    def __str__(self) -> str:
        return f"{self.code} up to {self.last_number}"


def sums_up(name: str) -> models.CheckConstraint:
    """The four amounts of a paper belong together."""
    return models.CheckConstraint(
        condition=Q(
            total_micro=F("net_micro") + F("rounding_micro") + F("tax_micro"),
            tax_micro__gte=0,
            total_micro__gt=0,
        ),
        name=name,
    )


class Paper(Record):
    """What invoices and credit notes have in common: number, parties and amounts, all frozen."""

    series = models.ForeignKey(NumberSeries, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="%(class)ss")
    currency = models.CharField(max_length=3)
    seller = models.JSONField(help_text="as it stood when this was issued")
    buyer = models.JSONField(help_text="as it stood when this was issued")
    net_micro = models.BigIntegerField(help_text="the sum of its lines; what the ledger says")
    rounding_micro = models.BigIntegerField(help_text="from the net amount to whole minor units")
    tax_micro = models.BigIntegerField()
    total_micro = models.BigIntegerField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The number as it is printed."""
        return f"{self.series_id}-{self.number:06d}"

    @property
    def net_rounded(self) -> int:
        """Before tax, whole minor units."""
        return self.net_micro + self.rounding_micro


class Invoice(Paper):
    """What an organisation was charged up to the end of a period. Append-only.

    Holds every charge made before the period's end that no invoice held before.
    """

    wallet = models.ForeignKey(
        Account, models.PROTECT, related_name="+", help_text="of the organisation and currency"
    )
    period = DateTimeRangeField(help_text="half-open, UTC")
    promo_micro = models.BigIntegerField(
        default=0, help_text="of the total, what promotional credit has paid for"
    )
    key = models.CharField(max_length=200, help_text="names the act of issuing it")
    #: a trigger refuses an invoice whose base or tax is not that of its calculation
    tax_calculation = models.OneToOneField(
        TaxCalculation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invoice",
        help_text="empty: taxed by rules",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint("series", "number", name="invoice_number_once"),
            models.UniqueConstraint("organisation", "key", name="invoice_key_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="invoice_numbers_from_one"),
            models.CheckConstraint(
                condition=Q(
                    period__isempty=False,
                    period__lower_inf=False,
                    period__upper_inf=False,
                    period__lower_inc=True,
                    period__upper_inc=False,
                ),
                name="invoice_period_bounded",
            ),
            sums_up("invoice_adds_up"),
            models.CheckConstraint(
                condition=Q(promo_micro__gte=0, promo_micro__lte=F("total_micro")),
                name="invoice_promo_within_total",
            ),
            # what is rounded away stays in the wallet
            models.CheckConstraint(condition=Q(rounding_micro__lte=0), name="invoice_rounds_down"),
            # one wallet is one organisation and one currency
            ExclusionConstraint(
                name="invoice_period_once",
                expressions=[
                    (
                        Func(
                            F("wallet"),
                            F("wallet"),
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (F("period"), "&&"),
                ],
            ),
        ]


class PaperLine(models.Model):
    """A line as it was taxed: where, when, how, and why so."""

    position = models.PositiveIntegerField()
    description = models.CharField(max_length=300)
    amount_micro = models.BigIntegerField()
    jurisdiction = models.CharField(max_length=2, blank=True, help_text="empty: not known")
    tax_point = models.DateTimeField()
    treatment = models.CharField(max_length=16, choices=TREATMENTS)
    tax_bps = models.PositiveIntegerField()
    tax_note = models.CharField(max_length=300, help_text="as printed: the rule, or why none")
    tax_rule = models.ForeignKey(TaxRule, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.description


class InvoiceLine(PaperLine):
    """A reservation at one rate, as far as an invoice bills it, or one fee for time given up, or
    its workspace that was kept.

    A fee is a whole, and so is what a workspace cost: it stands on one line of one invoice, for
    ever. Append-only; a trigger refuses a workspace that is kept still or cost another amount.
    """

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    reservation = models.ForeignKey(Reservation, models.PROTECT, related_name="invoice_lines")
    rate = models.ForeignKey(RateSegment, models.PROTECT, null=True, related_name="+")
    change = models.OneToOneField(
        WindowChange,
        models.PROTECT,
        null=True,
        related_name="invoice_line",
        help_text="that cost a fee; then the line has no rate",
    )
    keeping = models.OneToOneField(
        Keeping,
        models.PROTECT,
        null=True,
        related_name="invoice_line",
        help_text="that cost something; then the line has no rate",
    )
    billed_ms = models.BigIntegerField(help_text="of all its GPUs together; 0 without a rate")
    price_micro_per_gpu_hour = models.BigIntegerField(help_text="0 without a rate")

    class Meta:
        constraints = [
            models.UniqueConstraint("invoice", "position", name="line_position_once"),
            models.UniqueConstraint("invoice", "rate", name="line_rate_once"),
            models.CheckConstraint(condition=Q(amount_micro__gt=0), name="line_positive"),
            models.CheckConstraint(
                condition=Q(rate__isnull=False, change__isnull=True, keeping__isnull=True)
                | Q(rate__isnull=True, billed_ms=0, price_micro_per_gpu_hour=0)
                & (
                    Q(change__isnull=False, keeping__isnull=True)
                    | Q(change__isnull=True, keeping__isnull=False)
                ),
                name="line_of_rate_or_fee",
            ),
        ]

    @property
    def shared_by(self) -> tuple[int, int]:
        """What our fee was of it and what the renter was spared, both in 1/10,000 of the price."""
        if self.rate is not None:
            return self.rate.fee_bps, self.rate.discount_bps
        return (self.keeping or self.reservation).fee_bps, 0


def _one(field: str) -> Func:
    return Func(
        F(field),
        F(field),
        Value("[]"),
        function="int8range",
        output_field=BigIntegerRangeField(),
    )


class LineSpan(models.Model):
    """Which charges of a lease a line holds, first to last in their own numbers. Append-only.

    Charges are cumulative, so two numbers tell the sum of any number of them, and no charge can be
    on two lines.
    """

    line = models.ForeignKey(InvoiceLine, models.PROTECT, null=True, related_name="spans")
    credit_line: Any = models.ForeignKey(
        "billing.CreditLine", models.PROTECT, null=True, related_name="spans"
    )
    lease = models.ForeignKey(Lease, models.PROTECT, related_name="+")
    rate = models.ForeignKey(RateSegment, models.PROTECT, related_name="+")
    charges = BigIntegerRangeField(help_text="their numbers, half-open")
    billed_ms = models.BigIntegerField()
    amount_micro = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(charges__isempty=False, charges__lower_inf=False),
                name="span_has_charges",
            ),
            models.CheckConstraint(
                condition=Q(line__isnull=False, credit_line__isnull=True)
                | Q(line__isnull=True, credit_line__isnull=False),
                name="span_of_one_line",
            ),
            ExclusionConstraint(
                name="charge_papered_once",
                expressions=[(_one("lease"), "&&"), (_one("rate"), "&&"), (F("charges"), "&&")],
            ),
        ]

    def __str__(self) -> str:
        return f"charges {span_text(self.charges)} of {self.lease}"


class TaxPayment(Record):
    """Tax of an invoice that was taken from the wallet. Append-only.

    The price is charged as it is used; tax is added when it is invoiced, and then the wallet may
    not hold it.
    """

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="tax_payments")
    seq = models.PositiveIntegerField()
    amount_micro = models.BigIntegerField()
    paid_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("invoice", "seq", name="tax_payment_once"),
            models.CheckConstraint(condition=Q(amount_micro__gt=0), name="tax_payment_positive"),
        ]

    def __str__(self) -> str:
        return f"{money(self.amount_micro)} for {self.invoice}"


class PaperFile(Record):
    """The PDF of an invoice or credit note: made once, these bytes for ever. Append-only."""

    invoice = models.OneToOneField(Invoice, models.PROTECT, null=True, related_name="file")
    credit_note: Any = models.OneToOneField(
        "billing.CreditNote", models.PROTECT, null=True, related_name="file"
    )
    content = models.BinaryField()
    sha256 = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(invoice__isnull=False, credit_note__isnull=True)
                | Q(invoice__isnull=True, credit_note__isnull=False),
                name="file_of_one_paper",
            ),
        ]

    def __str__(self) -> str:
        return f"PDF {self.hexdigest[:12]}"

    @property
    def hexdigest(self) -> str:
        return bytes(self.sha256).hex()
