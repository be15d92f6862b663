from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q, Value

from marketplace.brokerage.models import Assignment, Lease
from marketplace.catalog.models import Machine
from marketplace.core.models import Record


class Segment(Record):
    """A slice of time in which a node says an assignment ran. Append-only evidence.

    (assignment's machine, boot_id, seq) is unique for ever, so a repeated or replayed segment is
    the same row. A segment that contradicts itself or the server's own clock is kept with the
    reason in `quarantine` and never billed.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="segments")
    machine = models.ForeignKey(Machine, models.PROTECT, related_name="segments")
    boot_id = models.UUIDField()
    seq = models.PositiveBigIntegerField()
    start = models.DateTimeField(help_text="the node's corrected wall clock")
    end = models.DateTimeField()
    mono_ms = models.PositiveBigIntegerField(help_text="length by the node's monotonic clock")
    gpu_uuids = models.JSONField()
    energy_mj = models.PositiveBigIntegerField(default=0)
    final = models.BooleanField(default=False, help_text="the assignment's last segment")
    received_at = models.DateTimeField()
    content_sha256 = models.BinaryField()
    quarantine = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["assignment", "seq"], name="segment_by_assignment")]
        constraints = [
            models.UniqueConstraint("machine", "boot_id", "seq", name="segment_once"),
            # range_agg in the seal would fail on it
            models.CheckConstraint(
                condition=Q(end__gte=F("start")) | ~Q(quarantine=""), name="segment_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} {self.boot_id} #{self.seq}"


class Usage(Record):
    """Sealed: time of one lease that will be billed. Append-only; no moment is in it twice."""

    lease = models.ForeignKey(Lease, models.PROTECT, related_name="usage")
    during = DateTimeRangeField()
    sealed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "usage"
        constraints = [
            ExclusionConstraint(
                name="usage_moment_once",
                expressions=[
                    (
                        Func(
                            F("lease"),
                            F("lease"),
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (F("during"), "&&"),
                ],
            ),
            models.CheckConstraint(
                condition=Q(
                    during__isempty=False, during__lower_inf=False, during__upper_inf=False
                ),
                name="usage_bounded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lease} {self.during}"
