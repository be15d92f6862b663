"""What a machine's reliability was on a day, with everything that went into it."""

from django.db import models
from django.db.models import F, Q

from marketplace.catalog.models import Machine
from marketplace.core.models import Record
from marketplace.core.times import day_text


class Reliability(Record):
    """A machine's score for a day (UTC), from the days before it. Append-only.

    See `brokerage.reliability` for what is counted and how.
    """

    machine = models.ForeignKey(Machine, models.PROTECT, related_name="reliability")
    day = models.DateField()
    formula = models.CharField(max_length=16)
    bookings = models.PositiveIntegerField(help_text="renters' days with something to begin")
    kept = models.PositiveIntegerField(help_text="of them those on which nothing failed")
    days = models.PositiveIntegerField(help_text="since its agent first reported")
    heard_bps = models.PositiveIntegerField(help_text="of them with reports, in 1/10,000")
    challenges = models.PositiveIntegerField(help_text="computing challenges that were decided")
    passed = models.PositiveIntegerField()
    score_bps = models.PositiveIntegerField(null=True, help_text="in 1/10,000; null: no evidence")

    class Meta:
        verbose_name = "reliability score"
        constraints = [
            models.UniqueConstraint("machine", "day", name="reliability_once_a_day"),
            models.CheckConstraint(
                condition=Q(
                    kept__lte=F("bookings"),
                    passed__lte=F("challenges"),
                    heard_bps__lte=10_000,
                ),
                name="reliability_within_trials",
            ),
            models.CheckConstraint(
                condition=Q(score_bps__isnull=True) | Q(score_bps__lte=10_000),
                name="reliability_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"reliability of {self.machine} on {day_text(self.day)}"
