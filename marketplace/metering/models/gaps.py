from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q

from marketplace.accounts.models import User
from marketplace.brokerage.models import Assignment
from marketplace.core.models import Record
from marketplace.core.times import span_text


class GapKind(models.TextChoices):
    """How usage failed to arrive in time, or at all; whether it is billed stands beside it."""

    SHORT = "short"  # nobody looked for 90 s at most, same boot, found as before: billed
    NETWORK_DOWN = "network_down"  # the node kept it and sent it late: billed; never sent: not
    SERVER_DOWN = "server_down"  # the same while we were down by our own record
    AGENT_DOWN = "agent_down"  # the workload went on and nobody looked: not billed
    HOST_DOWN = "host_down"  # another boot came after it: not billed
    UNVERIFIED = "unverified"  # a GPU did not answer: not billed
    QUARANTINED = "quarantined"  # reported, and doubted: not billed
    SILENT = "silent"  # nothing ever came that would tell: not billed
    AFTER_CLOSE = "after_close"  # came when the reservation was settled: not billed


class Gap(Record):
    """A stretch of an assignment's time that was not seen as it passed, told apart. Append-only."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="gaps")
    during = DateTimeRangeField()
    kind = models.CharField(max_length=16, choices=GapKind)
    billed = models.BooleanField()
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=GapKind.values), name="gap_kind_known"),
            models.CheckConstraint(condition=Q(during__isempty=False), name="gap_has_length"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display().lower()} {span_text(self.during)} of {self.assignment}"


class OwnOutage(Record):
    """When the marketplace itself could not take usage in, by its own record. Append-only."""

    during = DateTimeRangeField()
    reason = models.CharField(max_length=500)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(during__isempty=False), name="outage_has_length"),
        ]

    def __str__(self) -> str:
        return f"down {span_text(self.during)}: {self.reason}"
