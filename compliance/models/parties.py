import hashlib
import json
from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from compliance.countries import validate_country
from compliance.identity import fault_of_birth_date
from marketplace.core.models import Record

from .above import GRANTED, Above, above


class PartyKind(models.TextChoices):
    ORGANISATION = "organisation"
    PERSON = "person"


class EndUse(models.TextChoices):
    INFERENCE = "inference", "Running models"
    TRAINING = "training", "Training or fine-tuning models"
    RESEARCH = "research", "Academic or scientific computing"
    RENDERING = "rendering", "Graphics, film or simulation"
    SUPERCOMPUTER = "supercomputer", "Building or running a supercomputer"
    CHIP_MAKING = "chip_making", "Developing or making advanced chips"
    SURVEILLANCE = "surveillance", "Surveillance of people"
    MILITARY = "military", "Military, intelligence or weapons"
    REFUSED = "refused", "Prefer not to say"


#: what the rules refuse whoever asks; no licence names any of them
REFUSED_USES = (
    EndUse.SUPERCOMPUTER,
    EndUse.CHIP_MAKING,
    EndUse.SURVEILLANCE,
    EndUse.MILITARY,
    EndUse.REFUSED,
)


def validate_birth_date(value: str) -> None:
    """Raise ValidationError unless it is a day, a month or a year."""
    if fault := fault_of_birth_date(value):
        raise ValidationError(fault)


class Party(Record):
    """Whom we screen. Blank means unknown, and unknown never satisfies an allowing rule."""

    kind = models.CharField(max_length=16, choices=PartyKind, default=PartyKind.ORGANISATION)
    legal_name = models.CharField(max_length=300)
    native_name = models.CharField(max_length=300, blank=True)
    birth_date = models.CharField(
        max_length=10,
        blank=True,
        validators=[validate_birth_date],
        help_text="of a person: 1980-12-31, 1980-12 or 1980",
    )
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
            models.CheckConstraint(
                condition=Q(birth_date="") | Q(kind=PartyKind.PERSON), name="party_born_is_a_person"
            ),
        ]

    def __str__(self) -> str:
        return self.legal_name

    #: every field a decision rests on; a change in any of them voids earlier decisions
    SCREENED_FIELDS = (
        "kind",
        "legal_name",
        "native_name",
        "birth_date",
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

    #: what decides whether a listed name is the party's; a change in any ends every clearing
    NAME_FIELDS = (
        "kind",
        "legal_name",
        "native_name",
        "birth_date",
        "country",
        "hq_country",
        "registration_number",
    )
    #: what came later is left out where there is none: contents kept before it still replay
    LATER = frozenset(
        {
            "birth_date",
            "identifiers",
            "end_users",
            "is_reseller",
            "founded_on",
            "address",
            "evidence",
        }
    )

    def name_content(self, known: Above) -> str:
        """Who the party is, as far as names are compared, as text."""
        owners = {one["id"] for one in known["owners"]}
        numbers = [
            (one["kind"], one["number"], one["country"])
            for one in known.get("identifiers", [])
            if one["party_id"] not in owners
        ]
        own = {name: getattr(self, name) for name in self.NAME_FIELDS}
        return json.dumps({**own, "numbers": sorted(numbers)}, sort_keys=True)

    def content(self, known: Above | None = None) -> str:
        """All that a decision about the party rests on, as text: its facts and everyone above."""
        own = {name: getattr(self, name) for name in self.SCREENED_FIELDS}
        told = {**own, **(above(self.pk) if known is None else known)}
        kept = {name: fact for name, fact in told.items() if fact or name not in self.LATER}
        return json.dumps(kept, sort_keys=True, default=str)

    @property
    def content_hash(self) -> bytes:
        """SHA-256 over the content, so that a decision names exactly what it saw. One query."""
        return hashlib.sha256(self.content().encode()).digest()

    @staticmethod
    def facts_hash(content: str) -> str:
        """SHA-256 over a content without GRANTED: the facts, which a review is bound to."""
        facts = {name: value for name, value in json.loads(content).items() if name not in GRANTED}
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    @classmethod
    def from_content(cls, text: str) -> tuple[Self, Above]:
        """The party as that text has it, not a row and only to be looked at; and who was above."""
        known = json.loads(text)
        own = {name: known.pop(name) for name in cls.SCREENED_FIELDS if name in known}
        if own.get("founded_on"):
            own["founded_on"] = date.fromisoformat(own["founded_on"])
        return cls(**own), known
