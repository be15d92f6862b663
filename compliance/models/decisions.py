from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q

from marketplace.core.models import Record
from marketplace.core.times import moment_text

from .parties import Party
from .reference import PERMITTING, ChipModel, Outcome


class DecisionQuerySet(models.QuerySet["Decision"]):
    def valid(self, *, at: datetime) -> Self:
        return self.filter(decided_at__lte=at, valid_until__gt=at)


class Decision(Record):
    """The finished answer to one question, with everything it rested on. Append-only."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="decisions")
    party_hash = models.BinaryField()
    chip = models.ForeignKey(ChipModel, models.PROTECT, null=True, related_name="+")
    site_country = models.CharField(max_length=2, blank=True)
    during = DateTimeRangeField(null=True)
    outcome = models.CharField(max_length=20, choices=Outcome)
    licence = models.ForeignKey(
        "compliance.Licence", models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    reasons = models.JSONField(
        help_text="facts, fired rules and best list matches, with scores; for staff only"
    )
    snapshots = models.JSONField(help_text="source code to snapshot public id")
    ruleset_hash = models.CharField(max_length=64)
    scorer = models.CharField(max_length=64)
    decided_at = models.DateTimeField()
    valid_until = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["party", "-decided_at"], name="decision_by_party")]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values), name="decision_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("decided_at")), name="decision_valid_after_made"
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.ALLOW_LICENCE, licence__isnull=False)
                | (~Q(outcome=Outcome.ALLOW_LICENCE) & Q(licence__isnull=True)),
                name="decision_names_its_licence",
            ),
        ]

    def __str__(self) -> str:
        came_to = Outcome(self.outcome).label.lower()
        return f"{self.party}: {came_to} at {moment_text(self.decided_at)}"

    @property
    def permits(self) -> bool:
        """Whether anything may be held or run on it."""
        return self.outcome in PERMITTING
