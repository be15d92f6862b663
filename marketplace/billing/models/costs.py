"""What a reservation cost, as it was settled."""

from django.db import models
from django.db.models import Q

from marketplace.accounts.models import Organisation
from marketplace.brokerage.models import Lease, Reservation
from marketplace.core.models import Record

from .rates import RateSegment


class CostStatement(Record):
    """What one reservation cost when it was settled, line by line; equals the ledger. Append-only.

    Not an invoice: those bill a period of an organisation, see `.invoices`.
    """

    reservation = models.OneToOneField(Reservation, models.PROTECT, related_name="cost_statement")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="cost_statements")
    total_micro = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(total_micro__gte=0), name="cost_not_negative"),
        ]

    def __str__(self) -> str:
        return f"cost statement {self.public_id}"


class CostLine(models.Model):
    """One lease at one rate on a cost statement. Append-only."""

    statement = models.ForeignKey(CostStatement, models.PROTECT, related_name="lines")
    lease = models.ForeignKey(Lease, models.PROTECT, related_name="cost_lines")
    rate = models.ForeignKey(RateSegment, models.PROTECT, related_name="+")
    description = models.CharField(max_length=300)
    covered_ms = models.BigIntegerField()
    price_micro_per_gpu_hour = models.BigIntegerField()
    amount_micro = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint("lease", "rate", name="cost_line_once"),
            models.CheckConstraint(condition=Q(amount_micro__gte=0), name="cost_line_not_negative"),
        ]

    def __str__(self) -> str:
        return self.description
