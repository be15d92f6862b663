"""What usage took from a wallet, and the statements that recompute it."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from marketplace.brokerage.models import Lease, Reservation
from marketplace.core.models import Record
from marketplace.core.showing import money
from marketplace.metering.models import OutageRuling

from .rates import RateSegment


class Charge(Record):
    """What one posting took for one lease under one rate. Append-only.

    charge = due(covered time so far) - charged before, so late or repeated usage cannot mis-bill. A
    negative one gives back what was charged for time that is not billed any more. Each rate keeps a
    cumulative total of its own.
    """

    lease = models.ForeignKey(Lease, models.PROTECT, related_name="charges")
    rate = models.ForeignKey(RateSegment, models.PROTECT, related_name="charges")
    seq = models.PositiveIntegerField(help_text="within lease and rate")
    covered_ms = models.BigIntegerField(help_text="billed so far at this rate, milliseconds")
    total_micro = models.BigIntegerField(help_text="charged so far at this rate")
    amount_micro = models.BigIntegerField()
    provider_micro = models.BigIntegerField()
    fee_micro = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    charged_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index("rate", condition=Q(amount_micro__lt=0), name="charge_given_back"),
            # what matures is looked for by its age
            BrinIndex("charged_at", name="charge_age"),
        ]
        constraints = [
            models.UniqueConstraint("lease", "rate", "seq", name="charge_seq_once"),
            models.CheckConstraint(condition=~Q(amount_micro=0), name="charge_not_nothing"),
            models.CheckConstraint(
                condition=Q(total_micro__gte=0), name="charge_total_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(amount_micro=F("provider_micro") + F("fee_micro")),
                name="charge_splits_exactly",
            ),
            models.CheckConstraint(
                condition=Q(provider_micro__gte=0, fee_micro__gte=0)
                | Q(provider_micro__lte=0, fee_micro__lte=0),
                name="charge_parts_one_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lease} #{self.seq}: {money(self.amount_micro, self.currency)}"


class Rerating(Record):
    """A ruling on an outage has been brought into the books. Append-only."""

    ruling = models.OneToOneField(OutageRuling, models.PROTECT, related_name="rerating")
    amount_micro = models.BigIntegerField(help_text="charged with it; negative: given back")
    rated_at = models.DateTimeField()

    class Meta:
        verbose_name = "re-rating"

    def __str__(self) -> str:
        return f"{self.ruling}: {money(self.amount_micro)}"


class UsageStatement(Record):
    """The digest of a usage statement as it was first made. Append-only.

    A ruling or a corrected rate makes a new one.

    Its bytes are made anew from evidence whenever somebody asks, and are always these.
    """

    reservation = models.ForeignKey(Reservation, models.PROTECT, related_name="statements")
    revision = models.PositiveIntegerField(help_text="how many rulings and later rates it knows")
    rate_version = models.PositiveIntegerField(default=1, help_text="the highest it knows")
    billed_ms = models.JSONField(help_text="by lease and version of its rate")
    sha256 = models.BinaryField(help_text="of the file")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("reservation", "revision", name="statement_revision_once"),
        ]

    def __str__(self) -> str:
        return f"statement {self.revision} of {self.reservation}"

    @property
    def file_name(self) -> str:
        """What its file is called when it is downloaded."""
        return f"usage-{self.reservation.public_id}-{self.revision}.json"

    @property
    def command(self) -> str:
        """What its reader types to recompute it with docs/verify_usage.py."""
        return f"python3 verify_usage.py {self.file_name} {self.hexdigest}"

    @property
    def rulings(self) -> int:
        """How many rulings it takes into account."""
        return self.revision - self.rate_version + 1

    @property
    def hexdigest(self) -> str:
        return bytes(self.sha256).hex()
