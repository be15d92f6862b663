from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField
from django.db import models
from django.db.models import BigIntegerField, F, Field, Func, Q, Value

from marketplace.accounts.models import User
from marketplace.brokerage.models import Assignment, Lease
from marketplace.core.models import Record
from marketplace.core.times import span_text

BOUNDED = Q(during__isempty=False, during__lower_inf=False, during__upper_inf=False)


class Usage(Record):
    """Sealed: time of one lease in which it was used. Append-only; no moment is in it twice.

    Each row carries what was sealed of its lease before it, so that what is billed up to a moment
    is read from one row. A trigger reckons these two columns, and refuses a value that is not
    theirs. How far the chain was sealed with it spares the next seal what it would find done.
    """

    # the sum has an index that begins with it
    lease = models.ForeignKey(Lease, models.PROTECT, related_name="usage", db_index=False)
    during = DateTimeRangeField()
    sealed_at = models.DateTimeField()
    before_us = models.BigIntegerField(
        editable=False, help_text="sealed of the lease before it, microseconds"
    )
    in_order = models.BooleanField(
        editable=False, help_text="all that was sealed before it lies before it in time"
    )
    links = models.PositiveIntegerField(
        default=0, db_default=0, help_text="so many of the chain were sealed whole with it"
    )

    class Meta:
        verbose_name_plural = "usage"
        indexes = [
            models.Index(
                "lease",
                Func(F("during"), function="lower"),
                condition=Q(in_order=True),
                name="usage_in_order",
            ),
            models.Index("lease", condition=Q(in_order=False), name="usage_out_of_order"),
        ]
        constraints = [
            # two seals that know nothing of each other reckon the same sum
            models.UniqueConstraint("lease", "before_us", name="usage_sum_once"),
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
            models.CheckConstraint(condition=BOUNDED, name="usage_bounded"),
        ]

    def __str__(self) -> str:
        return f"{self.lease}, {span_text(self.during)}"


class OutageRuling(Record):
    """A person's ruling that an assignment is not billed for some time. Append-only.

    It holds whenever it comes: what was charged for that time is given back by the next charge.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="rulings")
    during = DateTimeRangeField()
    reason = models.CharField(max_length=500, help_text="shown to the renter")
    ruled_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ruled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=BOUNDED, name="ruling_bounded"),
            models.CheckConstraint(condition=~Q(reason=""), name="ruling_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} not billed {span_text(self.during)}"


class Closing(Record):
    """Where the chain of an assignment stood when its reservation was settled. Append-only.

    What is linked later is kept and not billed.
    """

    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="closing")
    links = models.PositiveIntegerField()
    head_sha256 = models.BinaryField(help_text="digest of the last segment that counted")
    closed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.assignment} closed at link {self.links}"


class BilledTime(Func):
    """Of a lease's id: the time that is billed, as a list of ranges that do not touch."""

    function = "metering_billed"
    output_field: Field[Any, list[Any]] = Field()


class BilledMs(Func):
    """Of a lease's id: what is billed of it in whole milliseconds, rounded down once."""

    function = "metering_billed_ms"
    output_field = BigIntegerField()
