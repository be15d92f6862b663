from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from marketplace.core.models import Record

from .parties import PartyKind

#: what the scorer's numbers were measured with; a row may ask for more looking, never for less
HIGHEST_MATCH = Decimal("0.980")
HIGHEST_POSSIBLE = Decimal("0.830")


class Approval(models.TextChoices):
    UNAPPROVED = "unapproved", "unapproved: needs counsel"
    APPROVED = "approved", "approved by two people"


class ScoringBand(Record):
    """From which scores on a name is that of a listed party, or a person must look.

    For one list and one kind of party, or for each. Never edited: a higher version replaces a
    lower from its first day on, except that one nobody approved can only lower the bounds.
    """

    list_code = models.CharField(max_length=50, blank=True, help_text="empty: every list")
    kind = models.CharField(
        max_length=16, choices=PartyKind, blank=True, help_text="empty: parties of every kind"
    )
    version = models.PositiveIntegerField(default=1)
    match_at = models.DecimalField(max_digits=4, decimal_places=3)
    possible_at = models.DecimalField(max_digits=4, decimal_places=3)
    effective_from = models.DateField()
    source = models.CharField(max_length=300, help_text="what the numbers rest on")
    approval = models.CharField(max_length=16, choices=Approval, default=Approval.UNAPPROVED)
    approved_by_1 = models.CharField(max_length=200, blank=True)
    approved_by_2 = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("list_code", "kind", "version", name="band_version_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["", *PartyKind.values]), name="band_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(possible_at__gt=0, possible_at__lte=F("match_at")),
                name="band_bounds_in_order",
            ),
            models.CheckConstraint(
                condition=Q(match_at__lte=HIGHEST_MATCH, possible_at__lte=HIGHEST_POSSIBLE),
                name="band_never_above_the_measured",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="band_has_a_source"),
            models.CheckConstraint(
                condition=Q(approval=Approval.UNAPPROVED, approved_by_1="", approved_by_2="")
                | (
                    Q(approval=Approval.APPROVED)
                    & ~Q(approved_by_1="")
                    & ~Q(approved_by_2="")
                    & ~Q(approved_by_1=F("approved_by_2"))
                ),
                name="band_approved_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list_code or 'every list'}, {self.kind or 'every kind'} v{self.version}"
