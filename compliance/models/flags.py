from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q

from marketplace.core.models import Record

from .parties import Party


class Weight(models.TextChoices):
    """One hard flag, or soft ones of two kinds, make a person decide."""

    HARD = "hard"
    SOFT = "soft"


class RedFlagKind(Record):
    """A red flag as published, effective-dated; `parameters` are the limits its detector uses."""

    code = models.CharField(max_length=8, unique=True, help_text="R1, R2, ...")
    title = models.CharField(max_length=200)
    weight = models.CharField(max_length=4, choices=Weight)
    automatic = models.BooleanField(help_text="a detector raises it; else only staff do")
    parameters = models.JSONField(default=dict, blank=True)
    source = models.CharField(max_length=300)
    verification = models.CharField(max_length=200)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True, help_text="the last day it counts")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(weight__in=Weight.values), name="flag_kind_weight_known"
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="flag_kind_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def covers(self, day: date) -> bool:
        return self.effective_from <= day <= (self.effective_to or date.max)


class RedFlagQuerySet(models.QuerySet["RedFlag"]):
    def open(self) -> Self:
        return self.filter(closed__isnull=True)


class RedFlag(Record):
    """A red flag on a party. The same evidence is raised once, also after it was closed.

    Append-only.
    """

    party = models.ForeignKey(Party, models.PROTECT, related_name="red_flags")
    kind = models.ForeignKey(RedFlagKind, models.PROTECT, related_name="flags")
    text = models.TextField(help_text="what was seen, for staff")
    evidence = models.JSONField(help_text="what makes it this flag and no other")
    evidence_sha256 = models.CharField(max_length=64)
    raised_by = models.CharField(max_length=200, help_text="e-mail of staff, or sweep")
    raised_at = models.DateTimeField()

    objects = RedFlagQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["party", "raised_at"], name="flag_by_party")]
        constraints = [
            models.UniqueConstraint(
                "party", "kind", "evidence_sha256", name="flag_once_per_evidence"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="flag_has_a_text"),
        ]

    def __str__(self) -> str:
        return f"{self.kind.code} on {self.party}"

    @property
    def is_open(self) -> bool:
        return not hasattr(self, "closed")


class RedFlagClosed(Record):
    """Why a red flag no longer counts, by whom. Append-only."""

    flag = models.OneToOneField(RedFlag, models.PROTECT, related_name="closed")
    reason = models.TextField()
    closed_by = models.CharField(max_length=200)
    closed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "red flags closed"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="flag_closed_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.flag}, closed by {self.closed_by}"
