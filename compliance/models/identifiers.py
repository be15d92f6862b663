from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from compliance.countries import validate_country
from compliance.identity import fault_of_number
from marketplace.core.models import Record

from .parties import Party


class IdentifierKind(models.TextChoices):
    USCC = "uscc", "Unified social credit code"
    LEI = "lei", "Legal entity identifier"
    DUNS = "duns", "D-U-N-S number"
    REGISTRATION = "registration", "Number in another register"
    TAX = "tax", "Tax number"


class PartyIdentifier(Record):
    """A number that a register gave to a party. Ended when it is wrong or over, never edited."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=16, choices=IdentifierKind)
    number = models.CharField(max_length=64)
    country = models.CharField(
        max_length=2,
        blank=True,
        validators=[validate_country],
        help_text="whose register; empty for a worldwide one",
    )
    until = models.DateField(null=True, blank=True, help_text="the last day; empty: it is so now")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=IdentifierKind.values), name="identifier_kind_known"
            ),
            models.CheckConstraint(condition=~Q(number=""), name="identifier_has_a_number"),
            models.UniqueConstraint(
                "party",
                "kind",
                "number",
                condition=Q(until__isnull=True),
                name="identifier_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    def clean(self) -> None:
        """Raise ValidationError for a number that nobody can have, with how to mend it."""
        if fault := fault_of_number(self.kind, self.number):
            raise ValidationError({"number": fault})
