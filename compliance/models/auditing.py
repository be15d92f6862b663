from typing import Self

from django.db import models
from django.db.models import F, Q

from compliance import chain
from marketplace.core.models import Record


class AuditCheck(Record):
    """Once along the whole chain, span by span: what was sealed against what is stored.

    The head that a finished one came to is what later ones hold the chain against.
    """

    reached = models.BigIntegerField(default=0, help_text="number of the last link that was read")
    head = models.CharField(
        max_length=64, default=chain.NOTHING_BEFORE, help_text="hash of that link"
    )
    faults = models.PositiveIntegerField(default=0, help_text="found on the way")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "finished_at", nulls_distinct=False, name="audit_check_one_under_way"
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("created_at")),
                name="audit_check_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"check up to {self.reached}:{self.head}"


class AuditFaultQuerySet(models.QuerySet["AuditFault"]):
    def open(self) -> Self:
        return self.filter(healed_at__isnull=True)


class AuditFault(Record):
    """Evidence that does not read as when it was sealed: one row for as long as it is so."""

    sentence = models.CharField(max_length=500)
    seen_at = models.DateTimeField(help_text="when a check last found it")
    healed_at = models.DateTimeField(
        null=True, blank=True, help_text="when a whole check no longer found it"
    )

    objects = AuditFaultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "sentence", condition=Q(healed_at__isnull=True), name="audit_fault_open_once"
            ),
            models.CheckConstraint(
                condition=Q(seen_at__gte=F("created_at"))
                & (Q(healed_at__isnull=True) | Q(healed_at__gte=F("seen_at"))),
                name="audit_fault_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.sentence
