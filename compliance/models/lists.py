from typing import Self

from django.db import models
from django.db.models import Q

from marketplace.core.models import Record
from marketplace.core.times import moment_text


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
        return f"{self.source} imported {moment_text(self.imported_at)}"


class ListEntryQuerySet(models.QuerySet["ListEntry"]):
    def in_force(self) -> Self:
        return self.filter(dropped_in__isnull=True)


class ListEntry(Record):
    """A listed party as one or more consecutive snapshots had it; a change makes a new entry."""

    source = models.ForeignKey(ListSource, models.PROTECT, related_name="entries")
    uid = models.CharField(max_length=100, help_text="the publisher's own number")
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
    birth_dates = models.JSONField(
        default=list, help_text="in EDTF: 1960-05-07, 1960, 1960~, 1960/1962"
    )
    identifiers = models.JSONField(default=list, help_text="pairs of kind and value")

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

    @property
    def named(self) -> "list[EntryName]":
        """Its names in the order in which they were published."""
        return sorted(self.names.all(), key=lambda name: name.pk)


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
