"""What machines last reported to run, and where that differs from the rows."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from marketplace.catalog.models import Machine
from marketplace.core.models import Record

from .drift import Kind


class MachineReport(models.Model):
    """The assignments of a machine's last full heartbeat, as it said them.

    A heartbeat that says the same again is answered by Redis and writes nothing, so this is what
    the machine says until a full one replaces it.
    """

    machine = models.OneToOneField(Machine, models.PROTECT, related_name="report")
    heard_at = models.DateTimeField()
    runs = models.JSONField(help_text="assignment, generation, state, GPUs and end of each")
    compared_at = models.DateTimeField(
        null=True, blank=True, help_text="when it was last held against the rows"
    )

    def __str__(self) -> str:
        return f"what {self.machine} runs"


class DriftQuerySet(models.QuerySet["Drift"]):
    def open(self) -> Self:
        """Sure, and not healed."""
        return self.filter(sure_at__isnull=False, healed_at__isnull=True)


class Drift(Record):
    """A difference between the rows and a machine, or a row that is stuck.

    Suspected from `since`; a finding from `sure_at` on. What went away before is not kept.
    """

    kind = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Kind])
    machine = models.ForeignKey(Machine, models.PROTECT, related_name="drifts")
    reservation = models.ForeignKey(
        "brokerage.Reservation", models.PROTECT, null=True, blank=True, related_name="drifts"
    )
    subject = models.UUIDField(help_text="the assignment, or the reservation that is stuck")
    ought = models.TextField(help_text="what the rows say")
    found = models.TextField(help_text="what the machine says")
    mended_by = models.CharField(
        max_length=80, blank=True, help_text="what mends it by itself; empty: somebody has to look"
    )
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    sure_at = models.DateTimeField(null=True, blank=True)
    healed_at = models.DateTimeField(null=True, blank=True)

    objects = DriftQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "drift"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in Kind]), name="drift_kind_known"
            ),
            models.UniqueConstraint(
                "kind",
                "subject",
                "machine",
                condition=Q(healed_at__isnull=True),
                name="drift_open_once",
            ),
            models.CheckConstraint(
                condition=Q(seen_at__gte=F("since"))
                & (Q(sure_at__isnull=True) | Q(sure_at__isnull=False, sure_at__gte=F("since"))),
                name="drift_in_order",
            ),
            # what was never sure is dropped, not healed
            models.CheckConstraint(
                condition=Q(healed_at__isnull=True)
                | Q(healed_at__isnull=False, sure_at__isnull=False, healed_at__gte=F("sure_at")),
                name="drift_healed_was_sure",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.machine}: {self.ought} / {self.found}"
