from django.db import models
from django.db.models import F, Q

from marketplace.core.models import Record


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
    rates = models.JSONField(default=dict, help_text="bit length to dense TOPS, as the vendor says")
    die_area_mm2 = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    datacentre = models.BooleanField(default=True, help_text="designed or marketed for it")
    tpp = models.PositiveIntegerField(null=True, help_text="total processing performance")
    performance_density = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    computed_class = models.CharField(
        max_length=16, choices=ExportClass, default=ExportClass.UNKNOWN
    )
    arithmetic = models.TextField(blank=True, help_text="how the computed class came about")
    export_class = models.CharField(
        max_length=16, choices=ExportClass, help_text="the attested class, else the computed one"
    )
    source = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    export_class__in=ExportClass.values, computed_class__in=ExportClass.values
                ),
                name="chip_class_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ChipAttestation(Record):
    """The vendor's word on a chip's class, over the arithmetic. The newest counts; append-only."""

    chip = models.ForeignKey(ChipModel, models.PROTECT, related_name="attestations")
    export_class = models.CharField(
        max_length=16, choices=ExportClass, blank=True, help_text="empty: withdrawn"
    )
    eccn = models.CharField(max_length=64, blank=True, help_text="as the vendor writes it")
    attested_on = models.DateField(help_text="date of the document")
    evidence = models.TextField(help_text="the document, where it is kept, what it shows")
    recorded_by = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(export_class__in=["", "3A090.a", "3A090.b", "below"]),
                name="attested_class_known",
            ),
            models.CheckConstraint(condition=~Q(evidence=""), name="attestation_has_evidence"),
        ]

    def __str__(self) -> str:
        return f"{self.chip}: {self.export_class or 'withdrawn'}"


class CountryGroup(Record):
    """Membership of a country in an export-control group, effective-dated."""

    group = models.CharField(max_length=16, help_text="D5-HQ, EMBARGO, ...")
    country = models.CharField(max_length=2)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300)
    verification = models.CharField(
        max_length=200, default="not verified; needs sign-off by counsel"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint("group", "country", "effective_from", name="group_country_once")
        ]

    def __str__(self) -> str:
        return f"{self.country} in {self.group}"


class Outcome(models.TextChoices):
    ALLOW = "allow"
    ALLOW_LICENCE = "allow_licence", "allow under licence"
    MANUAL_REVIEW = "manual_review"
    LICENCE_REQUIRED = "licence_required"
    DENY_TEMPORARY = "deny_temporary"
    DENY = "deny"


#: the outcomes of a decision on which something may be held and run
PERMITTING = (Outcome.ALLOW, Outcome.ALLOW_LICENCE)


class PolicyRule(Record):
    """One rule as data. Never edited: from its first day on, a higher version replaces a lower."""

    rule_id = models.CharField(max_length=16)
    version = models.PositiveIntegerField(default=1)
    supersedes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        help_text="the version before it, which it replaces from its first day on",
    )
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True, help_text="the last day it applies")
    conditions = models.JSONField(help_text="see compliance.policy for the words it may use")
    outcome = models.CharField(max_length=20, choices=Outcome)
    reason = models.CharField(max_length=300)
    citation = models.CharField(max_length=300)
    verification = models.CharField(max_length=200, default="needs sign-off by counsel")
    proposed_by = models.UUIDField(
        null=True, blank=True, help_text="public id of whoever loaded it, if that was said"
    )

    class Meta:
        permissions = [("approve_policyrule", "Can approve a policy rule")]
        constraints = [
            models.UniqueConstraint("rule_id", "version", name="rule_version_once"),
            # that a later one names the version before it is asked by a trigger: rows that were
            # there before the column are sealed without
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | Q(version__gt=1),
                name="rule_first_supersedes_nothing",
            ),
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


class RuleApproval(Record):
    """One person's approval of one version of a rule; two make it approved. Append-only."""

    rule = models.ForeignKey(PolicyRule, models.PROTECT, related_name="approvals")
    approver = models.UUIDField()
    approver_label = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("rule", "approver", name="rule_approved_once_by_each")
        ]

    def __str__(self) -> str:
        return f"{self.rule} by {self.approver_label}"
