"""What a renter is told of a booking without asking, and what failed of it."""

from django.db import models
from django.db.models import Q

from marketplace.catalog.models import Machine
from marketplace.core.models import Record


class Notice(Record):
    """Something that a renter should know in time, on the page of the booking."""

    class Kind(models.TextChoices):
        STARTS = "starts"  # begins soon
        ENDS = "ends"  # ends soon
        REPLACED = "replaced"  # a machine failed before the start; another stands in
        UNREACHABLE = "unreachable"  # one failed before the start, and none stands in
        LOST = "lost"  # a machine that runs it does not answer
        SERVED = "served"  # it was waited for in line, and its turn came
        EVICTED = "evicted"  # interruptible, and gives way at the moment it is about
        PAYMENT_DUE = "payment_due"  # could not be paid, and ends at the moment it is about
        NOT_ROLLED = "not_rolled"  # was to run until stopped, and ends at the moment it is about
        KEPT = "kept"  # its workspace lies on its machine until the moment it is about
        WIPES = "wipes"  # and is wiped then, soon
        KEPT_NO_MORE = "kept_no_more"  # since the moment it is about

    reservation = models.ForeignKey("brokerage.Reservation", models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=16, choices=Kind)
    about = models.DateTimeField(help_text="the moment that it is about")
    lead_s = models.PositiveIntegerField(default=0, help_text="so long before it is told")
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("reservation", "kind", "about", "lead_s", name="notice_once"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "starts",
                        "ends",
                        "replaced",
                        "unreachable",
                        "lost",
                        "served",
                        "evicted",
                        "payment_due",
                        "not_rolled",
                        "kept",
                        "wipes",
                        "kept_no_more",
                    ]
                ),
                name="notice_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.reservation}"


class MachineFailure(Record):
    """A machine that did not do what was booked on it. Append-only: evidence on its provider."""

    class Kind(models.TextChoices):
        UNREACHABLE = "unreachable"  # silent shortly before the start
        NO_SHOW = "no-show"  # never started it in its window
        LOST = "lost"  # silent while it should run
        BROKEN = "broken"  # a GPU of it failed while it ran, or shortly before

    reservation = models.ForeignKey(
        "brokerage.Reservation", models.PROTECT, related_name="failures"
    )
    machine = models.ForeignKey(Machine, models.PROTECT, related_name="failures")
    kind = models.CharField(max_length=16, choices=Kind)
    replaced_by = models.ForeignKey(
        Machine, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["unreachable", "no-show", "lost", "broken"]),
                name="failure_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(replaced_by__isnull=True) | Q(kind="unreachable"),
                name="failure_replaced_before_start",
            ),
            # one of each kind: what a sweep sees again is not another failure
            models.UniqueConstraint(
                "reservation",
                "machine",
                "kind",
                condition=Q(replaced_by__isnull=True),
                name="failure_once",
            ),
            models.UniqueConstraint(
                "reservation",
                "machine",
                condition=Q(replaced_by__isnull=False),
                name="failure_replaced_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.machine} {self.kind} for {self.reservation}"
