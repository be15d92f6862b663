"""Credit notes: what of an invoice is given back, why, and at whose cost."""

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import User
from marketplace.brokerage.models import Reservation
from marketplace.core.models import Record
from marketplace.core.showing import money, share

from .invoices import Invoice, InvoiceLine, Paper, PaperLine, sums_up


class Fault(models.TextChoices):
    """Who bears what a renter is given."""

    PROVIDER = "provider"
    PLATFORM = "platform"
    RENTER = "renter"  # then nothing is given


class CreditNote(Paper):
    """What of an invoice is given back. Never more than it said. Append-only."""

    class Kind(models.TextChoices):
        CORRECTION = "correction"  # of usage or price; the ledger has given it back before
        SLA = "sla"  # downtime
        DISPUTE = "dispute"
        GOODWILL = "goodwill"

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="credit_notes")
    kind = models.CharField(max_length=16, choices=Kind)
    reason = models.CharField(max_length=500, help_text="as printed")
    fault = models.CharField(max_length=16, choices=Fault, help_text="at whose cost")
    set_off_micro = models.BigIntegerField(
        default=0, help_text="tax that was not paid yet and is not owed any more"
    )
    key = models.CharField(max_length=200, unique=True, help_text="names the act of issuing it")

    class Meta:
        constraints = [
            models.UniqueConstraint("series", "number", name="credit_note_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="credit_numbers_from_one"),
            models.CheckConstraint(
                condition=Q(kind__in=["correction", "sla", "dispute", "goodwill"]),
                name="credit_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(fault__in=[Fault.PROVIDER, Fault.PLATFORM]), name="credit_fault_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="credit_has_a_reason"),
            models.CheckConstraint(
                condition=Q(set_off_micro__gte=0, set_off_micro__lte=F("tax_micro")),
                name="credit_set_off_is_tax",
            ),
            sums_up("credit_adds_up"),
        ]


class CreditLine(PaperLine):
    """What of one line of an invoice is given back. Append-only.

    A trigger refuses what would make the credits of a line more than the line.
    """

    note = models.ForeignKey(CreditNote, models.PROTECT, related_name="lines")
    line = models.ForeignKey(InvoiceLine, models.PROTECT, related_name="credits")

    class Meta:
        constraints = [
            models.UniqueConstraint("note", "position", name="credit_position_once"),
            models.UniqueConstraint("note", "line", name="credit_line_once"),
            models.CheckConstraint(condition=Q(amount_micro__gt=0), name="credit_positive"),
        ]


class SlaTier(Record):
    """A row of the published schedule: what an availability below a share earns. Append-only.

    Of rows for the same share the last one counts that had begun when the reservation was asked
    for; a credit of 0 ends it.
    """

    below_bps = models.PositiveIntegerField(help_text="availability below this, in 1/10,000")
    credit_bps = models.PositiveIntegerField(help_text="of what was charged, in 1/10,000")
    since = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = "SLA tier"
        constraints = [
            models.CheckConstraint(
                condition=Q(below_bps__gt=0, below_bps__lte=10_000, credit_bps__lte=10_000),
                name="sla_tier_shares",
            ),
            models.CheckConstraint(
                condition=Q(since__gte=F("recorded_at")), name="sla_tier_not_backdated"
            ),
        ]

    def __str__(self) -> str:
        return f"below {share(self.below_bps)}: {share(self.credit_bps)}"


class FaultRuling(Record):
    """A person's ruling whose fault downtime was. Append-only; the last one counts."""

    reservation = models.ForeignKey(Reservation, models.PROTECT, related_name="fault_rulings")
    fault = models.CharField(max_length=16, choices=Fault)
    reason = models.CharField(max_length=500, help_text="shown to renter and provider")
    ruled_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ruled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(fault__in=Fault.values), name="fault_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="fault_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.fault}: {self.reservation}"


class SlaAssessment(Record):
    """How available a reservation was, what that earns, and the evidence. Append-only.

    One for the run of a reservation, and one more for each ruling that came later.
    """

    reservation = models.ForeignKey(Reservation, models.PROTECT, related_name="sla_assessments")
    revision = models.PositiveIntegerField(help_text="how many rulings it knows")
    run_ms = models.BigIntegerField(help_text="of all GPUs together")
    down_ms = models.BigIntegerField(help_text="of all GPUs together")
    charged_micro = models.BigIntegerField()
    credit_bps = models.PositiveIntegerField()
    credit_micro = models.BigIntegerField(help_text="earned in all, whole minor units")
    fault = models.CharField(max_length=16, choices=Fault)
    evidence = models.JSONField(help_text="gaps and rulings by id, and the rows of the schedule")
    assessed_at = models.DateTimeField()

    class Meta:
        verbose_name = "SLA assessment"
        constraints = [
            models.UniqueConstraint("reservation", "revision", name="sla_assessed_once"),
            models.CheckConstraint(
                condition=Q(down_ms__gte=0, down_ms__lte=F("run_ms")), name="sla_down_within_run"
            ),
            models.CheckConstraint(
                condition=Q(credit_micro__gte=0, credit_micro__lte=F("charged_micro")),
                name="sla_within_charged",
            ),
            models.CheckConstraint(condition=Q(fault__in=Fault.values), name="sla_fault_known"),
        ]

    def __str__(self) -> str:
        return f"{money(self.credit_micro)} for {self.reservation}"

    @property
    def available_bps(self) -> int:
        """Share of the run that was not down, in 1/10,000."""
        return (self.run_ms - self.down_ms) * 10_000 // self.run_ms if self.run_ms else 0
