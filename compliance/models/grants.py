from django.db import models
from django.db.models import F, Q

from marketplace.core.models import Record

from .cases import Case
from .parties import Party


class Granted(Record):
    """What a decided case grants until a day, or until what it is bound to changes. Append-only."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="%(class)ss")
    party = models.ForeignKey(Party, models.PROTECT, related_name="%(class)ss")
    approved_by_1 = models.UUIDField(help_text="public id of the officer")
    approved_by_2 = models.UUIDField(help_text="public id of another officer")
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(approved_by_1=F("approved_by_2")), name="%(class)s_by_two"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("granted_at")), name="%(class)s_expires_later"
            ),
        ]


class Clearing(Granted):
    """A likeness that is none: who was asked, one listed entry as it reads, and the scorer."""

    subject_sha256 = models.CharField(
        max_length=64, help_text="of the party's name content and of who of it was asked"
    )
    subject = models.CharField(max_length=320, help_text="whose name it is, for a reader")
    source = models.CharField(max_length=50)
    entry_uid = models.CharField(max_length=100)
    entry_sha256 = models.CharField(max_length=64, help_text="content hash of the entry")
    scorer = models.CharField(max_length=64)

    class Meta(Granted.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.subject} is not {self.source} {self.entry_uid}"


class ReviewClearance(Granted):
    """A person has looked, as one rule asks, at a party as it is; for one chip and site or all."""

    facts_sha256 = models.CharField(max_length=64, help_text="of all that is known of the party")
    rule_id = models.CharField(max_length=16)
    rule_version = models.PositiveIntegerField()
    chip = models.CharField(max_length=80, blank=True, help_text="empty: any")
    site_country = models.CharField(max_length=2, blank=True, help_text="empty: any")

    class Meta(Granted.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.party}: {self.rule_id} v{self.rule_version} is done"
