import hashlib
import json
from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q

from marketplace.core.models import Record

from .countries import validate_country


class PartyKind(models.TextChoices):
    ORGANISATION = "organisation"
    PERSON = "person"


class EndUse(models.TextChoices):
    INFERENCE = "inference", "Running models"
    TRAINING = "training", "Training or fine-tuning models"
    RESEARCH = "research", "Academic or scientific computing"
    RENDERING = "rendering", "Graphics, film or simulation"
    MILITARY = "military", "Military, intelligence or weapons"
    REFUSED = "refused", "Prefer not to say"


class Party(Record):
    """Whom we screen. Blank means unknown, and unknown never satisfies an allowing rule."""

    kind = models.CharField(max_length=16, choices=PartyKind, default=PartyKind.ORGANISATION)
    legal_name = models.CharField(max_length=300)
    native_name = models.CharField(max_length=300, blank=True)
    registration_number = models.CharField(max_length=64, blank=True)
    country = models.CharField(
        max_length=2,
        blank=True,
        validators=[validate_country],
        help_text="of registration, ISO 3166-1",
    )
    hq_country = models.CharField(max_length=2, blank=True, validators=[validate_country])
    parent_name = models.CharField(max_length=300, blank=True, help_text="ultimate parent")
    parent_hq_country = models.CharField(max_length=2, blank=True, validators=[validate_country])
    end_use = models.CharField(max_length=16, choices=EndUse, blank=True)
    end_use_statement = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "parties"
        constraints = [
            models.CheckConstraint(condition=~Q(legal_name=""), name="party_has_a_name"),
            models.CheckConstraint(condition=Q(kind__in=PartyKind.values), name="party_kind_known"),
            models.CheckConstraint(
                condition=Q(end_use__in=["", *EndUse.values]), name="party_end_use_known"
            ),
        ]

    def __str__(self) -> str:
        return self.legal_name

    #: every field a decision rests on; a change in any of them voids earlier decisions
    SCREENED_FIELDS = (
        "kind",
        "legal_name",
        "native_name",
        "registration_number",
        "country",
        "hq_country",
        "parent_name",
        "parent_hq_country",
        "end_use",
        "end_use_statement",
    )

    @property
    def content_hash(self) -> bytes:
        """SHA-256 over every screened field, so that a decision names exactly what it saw."""
        facts = {name: getattr(self, name) for name in self.SCREENED_FIELDS}
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).digest()


class ListSource(Record):
    """A publisher's list, and how old it may grow before everything new is refused."""

    code = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    mandatory = models.BooleanField(default=True)
    max_age_hours = models.PositiveIntegerField(default=24)

    def __str__(self) -> str:
        return self.code


class ListSnapshot(Record):
    """One import of a list, immutable. The newest import of a source is the one in force."""

    source = models.ForeignKey(ListSource, models.PROTECT, related_name="snapshots")
    sha256 = models.BinaryField()
    published_on = models.DateField(null=True)
    imported_at = models.DateTimeField()
    entry_count = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    dropped = models.PositiveIntegerField()
    sample = models.BooleanField(
        default=False, help_text="made-up parties for demonstrations; never in production"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(entry_count__gt=0), name="snapshot_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.source} imported {self.imported_at:%Y-%m-%d %H:%MZ}"


class ListEntryQuerySet(models.QuerySet["ListEntry"]):
    def in_force(self) -> Self:
        return self.filter(dropped_in__isnull=True)


class ListEntry(Record):
    """A listed party as one or more consecutive snapshots had it; a change makes a new entry."""

    source = models.ForeignKey(ListSource, models.PROTECT, related_name="entries")
    uid = models.CharField(max_length=64, help_text="the publisher's own number")
    content_hash = models.BinaryField()
    first_in = models.ForeignKey(ListSnapshot, models.PROTECT, related_name="introduced")
    dropped_in = models.ForeignKey(
        ListSnapshot, models.PROTECT, related_name="removed", null=True, blank=True
    )
    kind = models.CharField(max_length=16, help_text="person, organisation, vessel, aircraft")
    programs = models.JSONField(default=list)
    countries = models.JSONField(default=list)
    addresses = models.JSONField(default=list)
    remarks = models.TextField(blank=True)

    objects = ListEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "list entries"
        constraints = [
            models.UniqueConstraint(
                "source", "uid", condition=Q(dropped_in__isnull=True), name="entry_once_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.uid}"


class NameKind(models.TextChoices):
    PRIMARY = "primary"
    STRONG = "strong"
    WEAK = "weak"


class EntryName(models.Model):
    entry = models.ForeignKey(ListEntry, models.CASCADE, related_name="names")
    name = models.CharField(max_length=500)
    kind = models.CharField(max_length=8, choices=NameKind)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=NameKind.values), name="name_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class ExportClass(models.TextChoices):
    """Where a chip falls under 3A090. NEAR is within 5 % under a threshold: a person must look."""

    A = "3A090.a", "3A090.a"
    B = "3A090.b", "3A090.b"
    BELOW = "below", "below the thresholds"
    NEAR = "near", "just below a threshold, not attested"
    UNKNOWN = "unknown", "unknown"


class ChipModel(Record):
    """A GPU model and its export class, from the vendor's figures (15 CFR 774, 3A090)."""

    name = models.CharField(max_length=80, unique=True)
    nvml_names = models.JSONField(help_text="names that NVML reports for it")
    memory_gb = models.PositiveIntegerField()
    tpp = models.PositiveIntegerField(null=True, help_text="total processing performance")
    performance_density = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    export_class = models.CharField(max_length=16, choices=ExportClass)
    source = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(export_class__in=ExportClass.values), name="chip_class_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CountryGroup(Record):
    """Membership of a country in an export-control group, effective-dated."""

    group = models.CharField(max_length=16, help_text="D5-HQ, EMBARGO, ...")
    country = models.CharField(max_length=2)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint("group", "country", "effective_from", name="group_country_once")
        ]

    def __str__(self) -> str:
        return f"{self.country} in {self.group}"


class Outcome(models.TextChoices):
    ALLOW = "allow"
    MANUAL_REVIEW = "manual_review"
    LICENCE_REQUIRED = "licence_required"
    DENY_TEMPORARY = "deny_temporary"
    DENY = "deny"


class PolicyRule(Record):
    """One rule as data. Never edited: from its first day on, a higher version replaces a lower."""

    rule_id = models.CharField(max_length=16)
    version = models.PositiveIntegerField(default=1)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True, help_text="the last day it applies")
    conditions = models.JSONField(help_text="see compliance.policy for the words it may use")
    outcome = models.CharField(max_length=20, choices=Outcome)
    reason = models.CharField(max_length=300)
    citation = models.CharField(max_length=300)
    verification = models.CharField(max_length=200, default="needs sign-off by counsel")

    class Meta:
        constraints = [
            models.UniqueConstraint("rule_id", "version", name="rule_version_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values), name="rule_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="rule_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} v{self.version}"


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
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.outcome} at {self.decided_at:%Y-%m-%d %H:%MZ}"
