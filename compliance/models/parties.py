import hashlib
import json
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from compliance.countries import validate_country
from marketplace.core.models import Record

from .above import Above, above


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
    end_use_statement = models.TextField(
        blank=True, help_text="in its own words; counts only as it was signed"
    )
    end_users = models.TextField(
        blank=True, help_text="who uses what is rented, besides the party itself"
    )
    is_reseller = models.BooleanField(default=False, help_text="rents for customers of its own")
    founded_on = models.DateField(null=True, blank=True, help_text="as registered")
    address = models.CharField(max_length=500, blank=True, help_text="as registered")

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
        "end_users",
        "is_reseller",
        "founded_on",
        "address",
    )

    #: came later: left out of the content while unknown, so that older contents read the same
    LATER_FIELDS = ("end_users", "is_reseller", "founded_on", "address")

    def content(self, known: Above | None = None) -> str:
        """All that a decision about the party rests on, as text: its facts and everyone above."""
        own = {name: getattr(self, name) for name in self.SCREENED_FIELDS}
        told = {name: own[name] for name in own if own[name] or name not in self.LATER_FIELDS}
        known = above(self.pk) if known is None else known
        return json.dumps({**told, **known}, sort_keys=True, default=str)

    @property
    def content_hash(self) -> bytes:
        """SHA-256 over the content, so that a decision names exactly what it saw. One query."""
        return hashlib.sha256(self.content().encode()).digest()

    @classmethod
    def from_content(cls, text: str) -> tuple[Self, Above]:
        """The party as that text has it, not a row and only to be looked at; and who was above."""
        known = json.loads(text)
        own = {name: known.pop(name) for name in cls.SCREENED_FIELDS if name in known}
        if own.get("founded_on"):
            own["founded_on"] = date.fromisoformat(own["founded_on"])
        return cls(**own), known
